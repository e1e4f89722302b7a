import { UsageError } from '../../command/usage-error.js'
import type { Header, Host } from '../host.js'
import type { HeaderPiece } from './header-value.js'
import type { Launch } from './launch.js'

type HostTraits = Pick<Host, 'title' | 'variables' | 'expandsArguments'>

/**
 * How the bridge gets its headers. Their values go into the entry's `env`, and the arguments name the variables:
 * `--header Authorization:${TETHER_AUTHORIZATION}`, without a space, at which some hosts break an argument up.
 */
export function headerLaunch(headers: readonly Header[], host: HostTraits): Omit<Launch, 'command'> {
  if (host.expandsArguments === true && headers.length > 0) return inOneVariable(headers, host)
  const env: Record<string, string> = {}
  const variables = new Set<string>()
  const put = (name: string, value: string): string => {
    const free = freeName(`TETHER_${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`, env)
    env[free] = value
    return `\${${free}}`
  }
  const args = headers.flatMap(({ name, value }) => {
    if (host.variables.how === 'reference') return ['--header', `${name}:${put(name, textFor(value, host))}`]
    const pieces = value.map((piece) => {
      if ('text' in piece) return put(name, piece.text)
      refuseUnreachable(piece.variable, host)
      variables.add(piece.variable)
      return `\${${piece.variable}}`
    })
    return ['--header', `${name}:${pieces.join('')}`]
  })
  return { args, env, variables: host.variables.how === 'list' ? [...variables] : [] }
}

function inOneVariable(headers: readonly Header[], host: HostTraits): Omit<Launch, 'command'> {
  const lines = headers.map(({ name, value }) => `${name}: ${textFor(value, host)}`)
  return { args: [], env: { MCP_TETHER_HEADERS: lines.join('\n') }, variables: [] }
}

/** The value as the host's own references say it. */
function textFor(value: readonly HeaderPiece[], host: HostTraits): string {
  return value
    .map((piece) => {
      if ('text' in piece) return piece.text
      if (host.variables.how === 'reference') return host.variables.write(piece.variable)
      return refuseUnreachable(piece.variable, host)
    })
    .join('')
}

function refuseUnreachable(variable: string, { variables, title }: HostTraits): string {
  if (variables.how !== 'none') return ''
  throw new UsageError(
    `--header was given \${${variable}}, and ${title} hands no variables of its own on to servers; ` +
      'give the value itself: it is written into "env" of the entry, and not into an argument',
  )
}

function freeName(wanted: string, taken: Readonly<Record<string, string>>): string {
  for (let count = 1; ; count++) {
    const name = count === 1 ? wanted : `${wanted}_${count}`
    if (!Object.hasOwn(taken, name)) return name
  }
}
