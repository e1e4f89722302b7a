import { resolve } from 'node:path'
import { UsageError } from '../../command/usage-error.js'
import { displayUrl } from '../../log/display-url.js'
import { givenTexts } from '../../options/add-options.js'
import type { BridgeOption, OptionTable } from '../../options/option.js'
import { parseHeaderLine } from '../../options/parse-header.js'
import { parseServerUrl } from '../../options/parse-url.js'
import { isTransportAllowed, whyNotHttp } from '../../upstream/plain-http.js'
import type { Header } from '../host.js'
import { parseHeaderValue } from './header-value.js'
import type { LaunchOption, LaunchRequest } from './launch.js'

/** Whatever a variable will hold in the host, it is there: only the rest can be checked now. */
const anyEnvironment = new Proxy<NodeJS.ProcessEnv>({}, { get: () => 'x' })

/**
 * What a host has to start the bridge with. Every option is read as the bridge will read it, so that a mistake is seen
 * now and not in the host. Throws a UsageError.
 *
 * @param stored Options as commander has stored them, from several places.
 */
export function launchRequest(
  url: string,
  stored: readonly Readonly<Record<string, unknown>>[],
  table: OptionTable,
  workingDirectory: string,
): LaunchRequest {
  const input = { name: '', environment: anyEnvironment, directory: workingDirectory }
  const headers: Header[] = []
  const options: LaunchOption[] = []
  for (const given of stored) {
    const texts = givenTexts(table, given)
    for (const [key, option] of Object.entries(table)) {
      const values = texts[key]
      if (values === undefined) continue
      option.fromText(values, { ...input, name: option.flag })
      if (option.flag === '--header') headers.push(...values.map((line) => headerOf(line, workingDirectory)))
      else options.push(launchOption(option, values, workingDirectory))
    }
  }
  const server = parseServerUrl(url, { ...input, name: '<url>' })
  if (
    !isTransportAllowed(
      server,
      options.some(({ flag }) => flag === '--allow-http'),
    )
  ) {
    throw new UsageError(`${displayUrl(server)} is not encrypted and not on this machine: ${whyNotHttp}`)
  }
  return { url: server.href, headers, options }
}

function headerOf(line: string, directory: string): Header {
  const [name] = parseHeaderLine(line, { name: '--header', environment: anyEnvironment, directory })
  return { name, value: parseHeaderValue(line.slice(line.indexOf(':') + 1).trim()) }
}

function launchOption(
  { flag, variable, placeholder }: BridgeOption,
  given: readonly string[],
  directory: string,
): LaunchOption {
  if (placeholder === undefined) {
    return { flag: given[0] === 'false' ? flag.replace('--', '--no-') : flag, variable, values: [] }
  }
  // The host starts the bridge in another directory.
  const isFile = /file|directory/.test(placeholder)
  const values = given.map((value) => {
    if (value.includes('${')) return value
    if (value.startsWith('@')) return `@${resolve(directory, value.slice(1))}`
    return isFile ? resolve(directory, value) : value
  })
  return { flag, variable, values, ...(isSecret(flag) ? { secret: true } : {}) }
}

/** Options whose values nobody else should see. */
function isSecret(flag: string): boolean {
  return /secret|pass|token|credential|client-info/.test(flag)
}
