import { displayUrl } from '../log/display-url.js'
import type { Log } from '../log/log.js'

/** When to say that the wait goes on, in seconds since it began; then once a minute. */
const sparseSeconds: readonly number[] = [10, 30]

/** When a line is due after this many were said, in milliseconds since the wait began. */
export function nextLineAtMs(said: number): number {
  return (sparseSeconds[said] ?? 60 * (said - sparseSeconds.length + 1)) * 1000
}

export interface StartupProgressOptions {
  readonly url: URL
  readonly budgetMs: number
  readonly log: Log
}

/** Says on stderr that a server is waited for: once at the beginning, now and then, and when it is there. */
export class StartupProgress {
  readonly #options: StartupProgressOptions
  readonly #startedAt = performance.now()
  #timer: NodeJS.Timeout | undefined
  #said = 0
  #isWaiting = false
  #reason = 'no answer yet'

  constructor(options: StartupProgressOptions) {
    this.#options = options
    this.#schedule()
  }

  /** The server could not be asked, or was not ready. `reason`: "connection refused (ECONNREFUSED)" */
  waiting(reason: string): void {
    this.#reason = reason
    if (!this.#isWaiting) this.#begin()
  }

  /** The server has answered. */
  there(): void {
    if (this.#isWaiting) this.#options.log.info(`${this.#name()} is there after ${this.#elapsed()}`)
    this.end()
  }

  end(): void {
    clearTimeout(this.#timer)
  }

  #begin(): void {
    this.#isWaiting = true
    const { budgetMs, log } = this.#options
    log.warn(`waiting for ${this.#name()}: ${this.#reason}; for up to ${seconds(budgetMs)}`)
  }

  #schedule(): void {
    const dueInMs = nextLineAtMs(this.#said) - (performance.now() - this.#startedAt)
    this.#timer = setTimeout(() => {
      this.#said++
      if (this.#isWaiting)
        this.#options.log.warn(`still waiting for ${this.#name()} after ${this.#elapsed()}: ${this.#reason}`)
      else this.#begin()
      this.#schedule()
    }, dueInMs)
    this.#timer.unref()
  }

  #name(): string {
    return displayUrl(this.#options.url)
  }

  #elapsed(): string {
    return seconds(performance.now() - this.#startedAt)
  }
}

/** A duration for humans. */
export function seconds(ms: number): string {
  return `${ms < 10_000 ? Math.round(ms / 100) / 10 : Math.round(ms / 1000)} s`
}
