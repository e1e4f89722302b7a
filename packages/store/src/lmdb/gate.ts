import type { Database } from './database.js'
import { openOnce } from './open-once.js'

/**
 * One at a time, in all processes: whoever writes to a store's files, and whoever opens them.
 *
 * LMDB lets no two processes write at once. But a process that opens a file reads the number of the newest transaction and
 * sets it in the region that all share, without that lock (`mdb_env_open2` of lmdb 3.5.6): what another process commits
 * between the two is lost, or its pages are taken for free ones. So the lock of a third file stands around both. Nothing is
 * ever written to that one, so that opening it takes nothing back; and whoever is killed while it holds the lock leaves it to
 * the next.
 */
export class Gate {
  readonly #lock: Database
  #isHeld = false

  /** Throws what LMDB throws. */
  constructor(path: string) {
    this.#lock = openOnce(path, { noSync: true })
  }

  /** Blocks the thread until nobody else holds it, which is for microseconds, and does the work, which must not wait. */
  hold<Result>(work: () => Result): Result {
    if (this.#isHeld) return work()
    // In an object, because LMDB waits for a result that is a promise.
    return this.#lock.transactionSync(() => {
      this.#isHeld = true
      try {
        return { result: work() }
      } finally {
        this.#isHeld = false
      }
    }).result
  }
}
