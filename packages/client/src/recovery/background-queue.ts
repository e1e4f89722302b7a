import type { Clock } from '../base/clock.js'

/**
 * The longest that a recovery which nobody waits for is put off by chance, in milliseconds. The sessions of one process
 * notice the loss of a server in the same instant: spread over two seconds they don't arrive together, and a
 * notification that nobody asked for may come that much later. Where there are few of them, they need no more than
 * their share: one alone is not put off.
 */
const spreadMs = 2_000
const shareMs = 100

/** The work of one server. */
interface Lane {
  running: number
  /** Of those that were added, how many have not begun. */
  waiting: number
  /** Its time has come, but too much is running. */
  readonly due: Set<() => void>
}

/** Work that nobody waits for: it is spread out, and for each server only so much of it runs at once. */
export class BackgroundQueue {
  readonly #clock: Clock
  readonly #random: () => number
  readonly #maxAtOnce: number
  /** Of servers for which something runs. */
  readonly #lanes = new Map<string, Lane>()

  /** @param maxAtOnce for each server */
  constructor(clock: Clock, random: () => number, maxAtOnce: number) {
    this.#clock = clock
    this.#random = random
    this.#maxAtOnce = maxAtOnce
  }

  /**
   * Runs `work` once, now or later; it must not reject. Returns how to run it at once, because somebody waits for it now:
   * it does not count among what runs in the background then.
   */
  add(server: string, work: () => Promise<unknown>): () => void {
    let isStarted = false
    const lane = this.#laneOf(server)
    const delayMs = this.#random() * Math.min(spreadMs, shareMs * (lane.running + lane.waiting++))
    const run = () => {
      isStarted = true
      lane.waiting--
      lane.running++
      void work().finally(() => {
        lane.running--
        this.#next(server, lane)
      })
    }
    const cancelTimer = this.#clock.schedule(() => {
      lane.due.add(run)
      this.#next(server, lane)
    }, Math.round(delayMs))
    return () => {
      if (isStarted) return
      isStarted = true
      cancelTimer()
      lane.due.delete(run)
      lane.waiting--
      this.#next(server, lane)
      void work()
    }
  }

  #laneOf(server: string): Lane {
    const lane = this.#lanes.get(server) ?? { running: 0, waiting: 0, due: new Set() }
    this.#lanes.set(server, lane)
    return lane
  }

  #next(server: string, lane: Lane): void {
    const [run] = lane.due
    if (run && lane.running < this.#maxAtOnce) {
      lane.due.delete(run)
      run()
    } else if (lane.running + lane.waiting === 0) {
      this.#lanes.delete(server)
    }
  }
}
