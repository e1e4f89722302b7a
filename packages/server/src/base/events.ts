import { channel } from 'node:diagnostics_channel'

interface OfSession {
  /** Short fingerprint of the session id, never the id itself. */
  readonly session: string
}

/** What the sessions report while they work. Plain data, safe to log as it is. */
export type ServerSessionEvent =
  /** An `initialize` was answered, and the session is stored. */
  | (OfSession & { readonly type: 'server-session-created' })
  /** A session that this process did not hold was made again from the store. */
  | (OfSession & { readonly type: 'server-session-restored'; readonly durationMs: number })
  /** A session that nobody remembers was made of what a request says: the option `unknownSessions`. */
  | (OfSession & { readonly type: 'server-session-recreated'; readonly durationMs: number })
  /** It could not be made again: `createServer`, `rehydrate` or the handshake failed. */
  | (OfSession & { readonly type: 'server-session-restore-failed'; readonly error: unknown })
  /** The client or another process ended it. */
  | (OfSession & { readonly type: 'server-session-closed' })
  /** A request came with an id that is not known here or in the store, or is another principal's. */
  | (OfSession & { readonly type: 'server-session-unknown' })
  /** A session was refused (503), because there are as many as are allowed. */
  | {
      readonly type: 'server-session-limit-reached'
      /** `too_many_live_sessions`: every server in this process's memory is in use. */
      readonly limit: 'too_many_sessions' | 'too_many_sessions_of_principal' | 'too_many_live_sessions'
    }
  /** The process that worked on a request is gone; its stream was answered with an error. */
  | (OfSession & { readonly type: 'server-outcome-unknown' })
  /** What could not be stored after an answer was on its way. */
  | (OfSession & { readonly type: 'server-store-failed'; readonly error: unknown })

export type Instrument = (event: ServerSessionEvent) => void

/**
 * Tells the callback, and the channel of `node:diagnostics_channel` that is named after the event's type:
 * `mcp-tether:server-session-restored`, for instance.
 */
export function createInstrument(callback: Instrument | undefined): Instrument {
  return (event) => {
    const named = channel(`mcp-tether:${event.type}`)
    if (named.hasSubscribers) named.publish(event)
    try {
      callback?.(event)
    } catch {
      // A callback that throws must not cost a client its answer.
    }
  }
}
