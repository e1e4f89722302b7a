import type { Clock } from '@mcp-tether/client'

interface Timer {
  readonly at: number
  readonly order: number
  callback: (() => void) | undefined
}

/** One user of the time: its timers are counted apart. */
export interface ClockView extends Clock {
  /** Timers that were neither fired nor cancelled. */
  readonly pending: number
}

/**
 * Time that passes only when nobody has anything left to do.
 *
 * Promises and streams need microtasks only, and Node calls a `nextTick` that was asked for in a microtask once there
 * are no microtasks left: that tells exactly when everything has settled, without a turn of the event loop.
 */
export class SimulatedClock {
  #now = 0
  #order = 0
  /** A heap: the earliest timer is the first. */
  readonly #timers: Timer[] = []

  get now(): number {
    return this.#now
  }

  view(): ClockView {
    let pending = 0
    return {
      get pending() {
        return pending
      },
      now: () => this.#now,
      schedule: (callback, delayMs) => {
        pending++
        const over = () => {
          if (timer.callback === undefined) return
          timer.callback = undefined
          pending--
        }
        const timer: Timer = {
          at: this.#now + Math.max(0, delayMs),
          order: this.#order++,
          callback: () => {
            over()
            callback()
          },
        }
        this.#push(timer)
        return over
      },
    }
  }

  /** Lets time pass until `isDone` says so, or at most `maxMs`. Resolves with what `isDone` said last. */
  run(isDone: () => boolean, maxMs: number): Promise<boolean> {
    const end = this.#now + maxMs
    return new Promise((resolve) => {
      const step = () => {
        if (isDone()) {
          resolve(true)
          return
        }
        const timer = this.#next(end)
        if (!timer) {
          this.#now = end
          resolve(false)
          return
        }
        this.#now = timer.at
        timer.callback?.()
        whenSettled(step)
      }
      whenSettled(step)
    })
  }

  /** The next timer that was not cancelled, if it is due by `end`. */
  #next(end: number): Timer | undefined {
    for (;;) {
      const first = this.#timers[0]
      if (!first || (first.callback !== undefined && first.at > end)) return undefined
      this.#pop()
      if (first.callback !== undefined) return first
    }
  }

  #push(timer: Timer): void {
    const heap = this.#timers
    let index = heap.push(timer) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      const above = heap[parent]
      if (!above || !isBefore(timer, above)) break
      heap[index] = above
      index = parent
    }
    heap[index] = timer
  }

  #pop(): void {
    const heap = this.#timers
    const last = heap.pop()
    if (!last || heap.length === 0) return
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      let below = heap[child]
      if (!below) break
      const other = heap[child + 1]
      if (other && isBefore(other, below)) {
        below = other
        child++
      }
      if (!isBefore(below, last)) break
      heap[index] = below
      index = child
    }
    heap[index] = last
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}

function whenSettled(callback: () => void): void {
  queueMicrotask(() => {
    process.nextTick(callback)
  })
}
