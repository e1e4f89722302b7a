import type { Message } from '../wire/json-rpc.js'

/** One HTTP request the fault server got, and what became of it. */
export interface Exchange {
  /** Counts arrivals and answers together, so that `seq` and {@link answeredSeq} of any two exchanges compare. */
  readonly seq: number
  readonly startedAtMs: number
  /** Which life of the server got it: 1 until the first restart. */
  readonly life: number
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** The `Mcp-Session-Id` it carried. Raw, for assertions in memory only: never print it. */
  readonly sessionId: string | undefined
  /** That id in words that may be printed: `S1` for the first session ever made, `S1 (dead)`, `unknown`. */
  readonly sessionLabel: string | undefined
  readonly body: string
  readonly messages: readonly Message[]
  readonly batch: boolean
  /** Status of the answer, once its head was sent. */
  readonly status?: number
  /** The `Mcp-Session-Id` of the answer. Raw, like {@link sessionId}. */
  readonly answeredSessionId?: string
  readonly answeredLabel?: string
  /** When the answer was complete (for a standalone stream: when its head was sent), in the count of {@link seq}. */
  readonly answeredSeq?: number
  /** How the exchange ended, once it has: everything was sent, or the connection went away. */
  readonly ended?: 'sent' | 'cut'
}

/** The server's own, writable view. */
export type OpenExchange = { -readonly [Member in keyof Exchange]: Exchange[Member] }
