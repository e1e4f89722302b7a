import type { ProcessIdentity } from '../process-identity.js'

/** What a running bridge tells of itself. Nothing in it is secret. Times are in milliseconds since the epoch. */
export interface BridgeState {
  readonly version: 1
  readonly process: ProcessIdentity
  /** The server's address, fit for a log. */
  readonly server: string
  /** The version of mcp-tether. */
  readonly release: string
  readonly startedAt: number
  readonly writtenAt: number
  /** How many sessions are open. A server without sessions has none. */
  readonly sessions: number
  /** How many sessions were lost and renewed. */
  readonly recoveries: number
  /** The last line of its log that was a warning. */
  readonly lastError?: { readonly at: number; readonly message: string }
}

/** A bridge writes its file anew at least this often, so that one that can't be seen from here can be judged by it. */
export const rewriteMs = 10 * 60_000

export const stateFilePattern = /^bridge-[\w-]+\.json$/

/** Reads the text of a state file. Undefined when it is none. */
export function parseBridgeState(text: string): BridgeState | undefined {
  try {
    const state = JSON.parse(text) as Partial<BridgeState> | null
    const isState =
      state?.version === 1 &&
      typeof state.process?.pid === 'number' &&
      typeof state.process.host === 'string' &&
      typeof state.server === 'string' &&
      typeof state.release === 'string' &&
      [state.startedAt, state.writtenAt, state.sessions, state.recoveries].every(Number.isFinite) &&
      (state.lastError === undefined ||
        (Number.isFinite(state.lastError.at) && typeof state.lastError.message === 'string'))
    return isState ? (state as BridgeState) : undefined
  } catch {
    return undefined
  }
}
