import { parseHeaders } from './parse-header.js'
import { parseSeconds } from './parse-seconds.js'
import { parseServerUrl } from './parse-url.js'

/** The options as commander reads them. */
export interface GivenOptions {
  readonly header?: readonly string[]
  readonly recoveryTimeout?: string
  readonly verbose?: boolean
}

/** What the bridge is to do, checked. */
export interface BridgeSettings {
  readonly url: URL
  readonly headers: Headers
  /** In milliseconds; the engine's default when absent. */
  readonly recoveryTimeout: number | undefined
  readonly verbose: boolean
}

/** Throws a UsageError for the first thing that is wrong. */
export function bridgeSettings(
  url: string | undefined,
  { header = [], recoveryTimeout, verbose }: GivenOptions,
  environment: NodeJS.ProcessEnv,
): BridgeSettings {
  return {
    url: parseServerUrl(url),
    headers: parseHeaders(header, environment),
    recoveryTimeout: recoveryTimeout === undefined ? undefined : parseSeconds('--recovery-timeout', recoveryTimeout),
    verbose: verbose ?? false,
  }
}
