import { asHeaders, authorizationHeader, headerValue } from '../wire/headers.js'
import type { Clock } from '../base/clock.js'
import { Listeners } from '../base/listeners.js'

/** Headers that belong to one request and are never taken over by another: what it carries, who it is, its trace. */
const ofOneRequest =
  /^(content-|accept|mcp-|last-event-id|dpop|signature|host$|connection$|transfer-encoding$|idempotency-|traceparent|tracestate|baggage|x-request-|x-correlation-|x-b3-|x-amzn-trace-|if-|range$)/

/** What a session's client sent last: tokens are renewed while a request waits, and it must go out with the new one. */
export class NewestHeaders {
  #given: HeadersInit | undefined
  #authorization: string | undefined
  #origin = ''
  #authorizationChanges = 0
  /** Tells when the client comes with another `Authorization`, or when there is nothing to wait for any more. */
  readonly changed = new Listeners()

  /** Counts how often the client came with another `Authorization`. */
  get authorizationChanges(): number {
    return this.#authorizationChanges
  }

  get value(): Headers | undefined {
    return this.#given && asHeaders(this.#given)
  }

  /** Takes note of the headers of a request to `url`. They are kept as they are, not copied. */
  remember(headers: HeadersInit | undefined, url: URL): void {
    const authorization = headerValue(headers, authorizationHeader)
    const isFirst = this.#given === undefined
    const before = this.#authorization
    this.#given = headers ?? {}
    this.#authorization = authorization
    this.#origin = url.origin
    if (!isFirst && before === authorization) return
    this.#authorizationChanges++
    this.wake()
  }

  /** Ends the waiting of everybody who waits for a change: there is nothing to wait for any more. */
  wake(): void {
    this.changed.tell()
  }

  /**
   * Writes the newest values over those of `headers`, which a request to `url` is about to carry: of `Authorization`,
   * and of headers that belong to the connection, because the client's `initialize` had them too. Nothing crosses to
   * another origin.
   */
  refresh(headers: Headers, url: URL, initializeHeaders: Headers): void {
    const newest = this.value
    if (!newest || this.#origin !== url.origin) return
    for (const name of [...headers.keys()]) {
      const value = newest.get(name)
      if (value !== null && initializeHeaders.has(name) && !ofOneRequest.test(name)) headers.set(name, value)
    }
    const authorization = newest.get(authorizationHeader)
    if (authorization === null) headers.delete(authorizationHeader)
    else headers.set(authorizationHeader, authorization)
  }

  /** Resolves when the client has come with another `Authorization` since it had changed `change` times, or after `ms`. */
  authorizationChanged(change: number, clock: Clock, ms: number, awaited = true): Promise<true> {
    if (this.#authorizationChanges !== change) return Promise.resolve(true)
    return new Promise((resolve) => {
      const done = () => {
        stopListening()
        cancelTimer()
        resolve(true)
      }
      const cancelTimer = clock.schedule(done, ms, awaited)
      const stopListening = this.changed.add(done)
    })
  }
}
