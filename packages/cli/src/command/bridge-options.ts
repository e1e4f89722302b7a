import type { SessionRecoveryOptions } from '@mcp-tether/client'
import { parseHeaders } from './parse-header.js'
import { parseReplay } from './parse-replay.js'
import { parseSeconds } from './parse-seconds.js'
import { parseServerUrl } from './parse-url.js'

/** The options as commander reads them. */
export interface GivenOptions {
  readonly header?: readonly string[]
  readonly recoveryTimeout?: string
  readonly outageBudget?: string
  readonly replay?: string
  readonly verbose?: boolean
}

/** Options of the engine, durations in milliseconds; its defaults hold for what is absent. */
export type EngineSettings = Pick<SessionRecoveryOptions, 'recoveryTimeout' | 'outageBudget' | 'replay'>

/** What the bridge is to do, checked. */
export interface BridgeSettings {
  readonly url: URL
  readonly headers: Headers
  readonly engine: EngineSettings
  readonly verbose: boolean
}

/** Throws a UsageError for the first thing that is wrong. */
export function bridgeSettings(
  url: string | undefined,
  { header = [], recoveryTimeout, outageBudget, replay, verbose }: GivenOptions,
  environment: NodeJS.ProcessEnv,
): BridgeSettings {
  return {
    url: parseServerUrl(url),
    headers: parseHeaders(header, environment),
    engine: {
      ...(recoveryTimeout === undefined
        ? {}
        : { recoveryTimeout: parseSeconds('--recovery-timeout', recoveryTimeout, 'more than 0') }),
      ...(outageBudget === undefined
        ? {}
        : { outageBudget: parseSeconds('--outage-budget', outageBudget, '0 or more') }),
      ...(replay === undefined ? {} : { replay: parseReplay(replay) }),
    },
    verbose: verbose ?? false,
  }
}
