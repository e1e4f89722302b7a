import { contentType } from './describe-refusal.js'
import type { ReceivedLarge } from './large/large-receiver.js'
import type { SpoolSpace } from './large/spool-space.js'
import { maxBarrenResumptions, maxResumeDelayMs, resumeDelayMs } from './limits.js'
import { carriesMessage, readEvents } from './read-events.js'
import { wait } from './wait.js'

export interface CallStreamOptions {
  /** Takes a message; the stream is not read on before it resolves. */
  readonly deliver: (message: string | ReceivedLarge) => Promise<void>
  /** Where a message goes that is too large to be held; absent where it must be held. */
  readonly space: SpoolSpace | undefined
  /** True while somebody waits for an answer. */
  readonly awaited: () => boolean
  /** Sends the GET that goes on after an event. Absent where there is no session to do so in. */
  readonly resume: ((lastEventId: string, signal: AbortSignal) => Promise<Response>) | undefined
  /** True while the server's session is the one that the stream was opened in. */
  readonly sameSession: () => boolean
  readonly signal: AbortSignal
  /** Told before each resumption. */
  readonly onResume: () => void
}

/** How many event ids are remembered to tell what was delivered already. */
const maxSeenIds = 10_000

/**
 * The stream that answers a call. A server may close it before the answer and bring the rest when it is asked for what
 * came after the last event (MCP 2025-11-25, Transports, "Sending Messages to the Server" 6 and "Resumability").
 */
export class CallStream {
  readonly #options: CallStreamOptions
  readonly #seen = new Set<string>()
  #lastEventId: string | undefined
  #retryMs = resumeDelayMs

  constructor(options: CallStreamOptions) {
    this.#options = options
  }

  /** Reads to the end, which may be several streams away. Rejects when the last of them broke off. */
  async read(body: ReadableStream<Uint8Array>): Promise<void> {
    const { awaited, sameSession, signal } = this.#options
    let end = await this.#readOne(body)
    let barren = 0
    while (awaited() && this.#lastEventId !== undefined && barren < maxBarrenResumptions) {
      // A server that wants us at once shall have us at once, but not again and again for nothing.
      await wait(barren === 0 ? this.#retryMs : Math.max(this.#retryMs, resumeDelayMs), signal)
      if (signal.aborted || !awaited() || !sameSession()) break
      const next = await this.#resume(this.#lastEventId)
      if (next === 'refused') break
      if (next.end !== undefined) end = next.end
      barren = next.news ? 0 : barren + 1
    }
    if (end instanceof Error) throw end
  }

  async #resume(lastEventId: string): Promise<{ readonly end?: Error | 'ended'; readonly news: boolean } | 'refused'> {
    const { resume, sameSession, signal, onResume } = this.#options
    if (!resume) return 'refused'
    onResume()
    let response: Response
    try {
      response = await resume(lastEventId, signal)
    } catch {
      return { news: false }
    }
    if (response.status !== 200 || contentType(response) !== 'text/event-stream' || !response.body || !sameSession()) {
      await response.body?.cancel().catch(() => undefined)
      // 409: the server has not noticed yet that the stream before this one is gone.
      return response.status === 409 ? { news: false } : 'refused'
    }
    const before = this.#lastEventId
    const end = await this.#readOne(response.body, true)
    return { end, news: this.#lastEventId !== before }
  }

  async #readOne(body: ReadableStream<Uint8Array>, resumed = false): Promise<Error | 'ended'> {
    const { deliver, awaited, space } = this.#options
    const onRetry = (ms: number): void => {
      this.#retryMs = Math.min(ms, maxResumeDelayMs)
    }
    try {
      for await (const event of readEvents(body, { space, onRetry })) {
        if (resumed && event.id !== undefined && this.#seen.has(event.id)) continue
        if (carriesMessage(event)) await deliver(await event.data.take())
        this.#remember(event.id)
        // A resumed stream may stay open after the answer: the server no longer knows what it was opened for.
        if (resumed && !awaited()) break
      }
      return 'ended'
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error))
    }
  }

  #remember(id: string | undefined): void {
    if (id === undefined) return
    // An id that no header can hold can't be asked for.
    this.#lastEventId = /^[\x21-\x7e\x80-\xff](?:[\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?$/.test(id) ? id : undefined
    this.#seen.add(id)
    const [oldest] = this.#seen
    if (this.#seen.size > maxSeenIds && oldest !== undefined) this.#seen.delete(oldest)
  }
}
