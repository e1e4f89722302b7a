import type { Clock } from './clock.js'

interface Timer {
  readonly at: number
  readonly callback: () => void
}

/** Time that passes only when nobody has anything left to do: the next timer fires once everything else is settled. */
export class VirtualClock implements Clock {
  #now = 0
  #pumping = false
  readonly #timers = new Set<Timer>()

  now(): number {
    return this.#now
  }

  /** Timers that were neither fired nor cancelled. */
  get pending(): number {
    return this.#timers.size
  }

  schedule(callback: () => void, delayMs: number): () => void {
    const timer = { at: this.#now + delayMs, callback }
    this.#timers.add(timer)
    this.#pump()
    return () => this.#timers.delete(timer)
  }

  #pump(): void {
    if (this.#pumping) return
    this.#pumping = true
    // Two turns of the event loop: what a settled promise starts has settled as well by then.
    setImmediate(() =>
      setImmediate(() => {
        this.#pumping = false
        const [next] = [...this.#timers].sort((a, b) => a.at - b.at)
        if (!next) return
        this.#timers.delete(next)
        this.#now = Math.max(this.#now, next.at)
        next.callback()
        this.#pump()
      }),
    )
  }
}
