import type { Passage, SeenEvent } from './event-rules.js'

/** Is shown what passes through a {@link Relay}. */
export interface EventJudge {
  /** Called for every whole event. Says how it may pass; where bytes pass as they are, that changes nothing. */
  readonly judge: (event: SeenEvent) => Passage | undefined
  /** The server's wish how long to wait before the stream is opened again, in milliseconds. */
  readonly onRetry: (ms: number) => void
}

/** Turns the bytes of one upstream event stream into those for the client. */
export interface Relay {
  /** Something else may be put in here without breaking an event. */
  readonly isBetweenEvents: boolean
  /** An event was longer than what is held of one: what followed was not looked at. */
  readonly overflowed: boolean
  /** What the client gets of this piece. */
  readonly push: (chunk: Uint8Array) => Uint8Array
  /** The upstream ended. Returns what has to follow, so that the next event is not taken for a part of the last. */
  readonly end: () => Uint8Array
}

/**
 * The rest of an event that broke off, so that its reader drops what it has of it: the last `event` and `id` of an event
 * are those that count, clients pass over types that they do not know, and an empty id is none.
 */
export const discardingLines = 'event: mcp-tether-broken-off\ndata:\nid:\n'
