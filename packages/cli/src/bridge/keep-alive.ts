export interface KeepAliveOptions {
  /** How long the session must have been idle, in milliseconds. */
  readonly idleMs: number
  /** True while something is in flight. */
  readonly busy: () => boolean
  /** Never rejects. */
  readonly ping: () => Promise<void>
}

/** Asks for a ping whenever nothing went to the server for a while. */
export class KeepAlive {
  readonly #options: KeepAliveOptions
  #activeAt = 0
  #timer: NodeJS.Timeout | undefined
  #started = false

  constructor(options: KeepAliveOptions) {
    this.#options = options
  }

  start(): void {
    this.#started = true
    this.active()
    this.#schedule()
  }

  stop(): void {
    this.#started = false
    clearTimeout(this.#timer)
  }

  /** Something went to the server, or came from it. */
  active(): void {
    this.#activeAt = performance.now()
  }

  #schedule(): void {
    clearTimeout(this.#timer)
    if (!this.#started) return
    const { idleMs, busy } = this.#options
    // Calls come by the thousand: they only leave the time, and the timer looks when it is due.
    const due = busy() ? idleMs : Math.max(this.#activeAt + idleMs - performance.now(), 1)
    this.#timer = setTimeout(() => {
      void this.#look()
    }, due)
    this.#timer.unref()
  }

  async #look(): Promise<void> {
    const { idleMs, busy, ping } = this.#options
    if (!busy() && performance.now() - this.#activeAt >= idleMs) {
      this.active()
      await ping()
    }
    this.#schedule()
  }
}
