/**
 * How a call's stream ended towards the client, for one that asks for the rest of it:
 * - `answered`: there is no rest;
 * - a function: the client went before the answer came. It takes what the server still has, or the id of the last event
 *   to ask for that, and makes a stream of it that ends with an answer.
 */
export type StreamEnd =
  | 'answered'
  | ((
      signal: AbortSignal | undefined,
      rest: ReadableStream<Uint8Array> | undefined,
      lastEventId: string | undefined,
    ) => ReadableStream<Uint8Array>)

/** More streams than a client leaves and comes back to; each may hold a request's body. */
const maxEnds = 16

/** The last event ids of call streams that are over, as the client knows them. */
export class StreamEnds {
  #ends: Map<string, StreamEnd> | undefined

  /** Beyond the limit the oldest is forgotten. */
  note(lastEventId: string, end: StreamEnd): void {
    this.#ends ??= new Map()
    this.#ends.delete(lastEventId)
    this.#ends.set(lastEventId, end)
    const [oldest] = this.#ends.keys()
    if (this.#ends.size > maxEnds && oldest !== undefined) this.#ends.delete(oldest)
  }

  of(lastEventId: string): StreamEnd | undefined {
    return this.#ends?.get(lastEventId)
  }
}
