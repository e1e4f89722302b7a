import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '../log/log.js'
import { contentType } from './describe-refusal.js'
import type { ReceivedLarge } from './large/large-receiver.js'
import type { SpoolSpace } from './large/spool-space.js'
import { carriesMessage, readEvents } from './read-events.js'

export interface StandaloneStreamOptions {
  /** Sends the GET. */
  readonly open: (lastEventId: string | undefined, signal: AbortSignal) => Promise<Response>
  /** Takes a message; the stream is not read on before it resolves. */
  readonly deliver: (message: string | ReceivedLarge) => Promise<void>
  /** Where a message goes that is too large to be held. */
  readonly space: SpoolSpace
  readonly log: Log
}

const minDelayMs = 1_000
const maxDelayMs = 30_000
/** A stream that held this long was a good one, even if it brought nothing. */
const goodStreamMs = 10_000
/** After this many failures in a row the stream rests until the server answers something else. */
const maxFailures = 8
/** A rest is not cut short more often than this. */
const minWakeMs = 5_000

/**
 * The event stream that a server may offer for messages of its own. It is opened again whenever it ends, with a pause
 * that grows; a server that offers none says so once.
 */
export class StandaloneStream {
  readonly #options: StandaloneStreamOptions
  readonly #stop = new AbortController()
  #nap: AbortController | undefined
  #triedAt = 0
  #opened = false
  #lastEventId: string | undefined
  #retryMs = minDelayMs

  constructor(options: StandaloneStreamOptions) {
    this.#options = options
  }

  start(): void {
    void this.#run()
  }

  stop(): void {
    this.#stop.abort()
  }

  /** The server has answered something: a stream that rests may try again. */
  wake(): void {
    if (this.#nap && performance.now() - this.#triedAt >= minWakeMs) this.#nap.abort()
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop
    let failures = 0
    while (!signal.aborted) {
      this.#triedAt = performance.now()
      const outcome = await this.#once(signal)
      if (outcome === 'not-offered') return
      failures = outcome === 'good' ? 0 : failures + 1
      await this.#pause(failures)
    }
  }

  async #once(signal: AbortSignal): Promise<'good' | 'failed' | 'not-offered'> {
    const { open, deliver, space, log } = this.#options
    const openedAt = performance.now()
    let delivered = false
    try {
      const response = await open(this.#lastEventId, signal)
      if (!response.ok || contentType(response) !== 'text/event-stream' || !response.body) {
        await response.body?.cancel()
        // What the server answers to an id that it no longer has must not end the stream for good.
        this.#lastEventId = undefined
        if (this.#opened || mayComeLater(response.status)) return 'failed'
        log.detail(`no standalone stream: the server answered ${response.status}`)
        return 'not-offered'
      }
      this.#opened = true
      const onRetry = (ms: number): void => {
        this.#retryMs = Math.min(Math.max(ms, minDelayMs), maxDelayMs)
      }
      for await (const event of readEvents(response.body, { space, onRetry })) {
        if (event.id !== undefined) this.#lastEventId = event.id === '' ? undefined : event.id
        if (!carriesMessage(event)) continue
        await deliver(await event.data.take())
        delivered = true
      }
    } catch {
      // It broke, could not be opened, or we are stopping: in each case the loop knows what to do.
    }
    return delivered || (this.#opened && performance.now() - openedAt >= goodStreamMs) ? 'good' : 'failed'
  }

  async #pause(failures: number): Promise<void> {
    const nap = new AbortController()
    this.#nap = nap
    const signal = AbortSignal.any([this.#stop.signal, nap.signal])
    const growing = Math.min(this.#retryMs * 2 ** Math.max(failures - 1, 0), maxDelayMs)
    // Many bridges lose one server at the same moment; they must not all come back at the same moment.
    const jittered = failures === 0 ? growing : growing * (1 + Math.random() / 4)
    const forEver = 2 ** 31 - 1
    await delay(failures >= maxFailures ? forEver : jittered, undefined, { signal, ref: false }).catch(() => undefined)
    this.#nap = undefined
  }
}

function mayComeLater(status: number): boolean {
  return status >= 500 || status === 408 || status === 425 || status === 429
}
