import { urlSecrets } from '../../bridge/redact.js'
import type { Header, Host } from '../host.js'
import { headerLaunch } from './header-launch.js'

/** How a host starts the bridge. */
export interface Launch {
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Variables of the host's own environment that the bridge needs. */
  readonly variables: readonly string[]
}

/** An option of the bridge as it was given, e.g. `--replay` with `hinted`. */
export interface LaunchOption {
  readonly flag: string
  /** The variable that says the same. */
  readonly variable: string
  /** None for a switch. */
  readonly values: readonly string[]
  /** Not for an argument. */
  readonly secret?: boolean
}

export interface LaunchRequest {
  readonly url: string
  readonly headers: readonly Header[]
  readonly options: readonly LaunchOption[]
}

/**
 * The command line and the environment with which a host starts the bridge. Nothing that may be secret is in an
 * argument, where every user of the machine can see it; neither is what hosts or shells would take for something else.
 */
export function launchOf(
  { url, headers, options }: LaunchRequest,
  host: Pick<Host, 'title' | 'variables' | 'expandsArguments' | 'needsCmd'>,
  platform: NodeJS.Platform,
): Launch {
  const bridge: string[] = ['-y', 'mcp-tether']
  const env: Record<string, string> = {}
  if (mayBeArgument(url, platform) && !mayHoldSecret(url)) bridge.push(url)
  else env.MCP_TETHER_URL = url

  const own = headerLaunch(headers, host)
  bridge.push(...own.args)
  Object.assign(env, own.env)

  for (const { flag, variable, values, secret } of options) {
    const args = values.length === 0 ? [flag] : values.flatMap((value) => [flag, value])
    if (secret !== true && args.every((each) => mayBeArgument(each, platform))) bridge.push(...args)
    else env[variable] = values.join('\n')
  }
  const needsCmd = platform === 'win32' && host.needsCmd === true
  return {
    command: needsCmd ? 'cmd' : 'npx',
    args: needsCmd ? ['/c', 'npx', ...bridge] : bridge,
    env,
    variables: own.variables,
  }
}

/**
 * Some hosts break up an argument at a space, some replace `${…}` and `$NAME` in it. On Windows npx is a batch file, and
 * no way of quoting is safe for one.
 */
function mayBeArgument(text: string, platform: NodeJS.Platform): boolean {
  return platform === 'win32' ? /^[\w.:/@,=+~?#*;\\-]+$/.test(text) : /^[^\s$"'`]+$/.test(text)
}

/** Keys in the path and the query, and everything that is no plain address, e.g. `${input:server}`. */
function mayHoldSecret(url: string): boolean {
  return !URL.canParse(url) || urlSecrets(new URL(url)).length > 0
}
