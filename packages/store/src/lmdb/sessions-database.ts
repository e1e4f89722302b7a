import { StoreError } from '../contract/errors.js'
import { within } from '../front/within.js'
import type { Database } from './database.js'
import { openDatabase } from './open-database.js'

/** What has to outlive a power cut: the sessions. A write resolves when it is on the disk. */
export class SessionsDatabase {
  readonly database: Database
  readonly #timeout: number
  /** Transactions that have not ended. */
  readonly #underWay = new Set<Promise<unknown>>()

  /** @param timeout ms that a transaction may wait for its turn. Throws what LMDB throws */
  constructor(path: string, timeout: number) {
    // lmdb 3.5.6 resolves a transaction after LMDB has committed it, and that is after the sync.
    this.database = openDatabase(path)
    this.#timeout = timeout
  }

  /**
   * All of it or nothing, one after the other in all processes.
   * @throws StoreError `store_unavailable` where the turn did not come in time, say because the process whose turn it is was
   * stopped: then nothing is done. Or where the disk is slower than that: then it is done, and the writer is not told
   */
  async transaction<Result>(work: () => Result): Promise<Result> {
    let isGivenUp = false
    const done = this.database.transaction(() => (isGivenUp ? undefined : { result: work() }))
    this.#underWay.add(done)
    const settled = () => this.#underWay.delete(done)
    done.then(settled, settled)
    const ended = await within(this.#timeout, done)
    if (ended?.value !== undefined) return ended.value.result
    isGivenUp = true
    const message = `Another process has not let go of the store within ${this.#timeout} ms.`
    throw new StoreError('store_unavailable', message)
  }

  /** Waits for what was begun, no longer than a transaction may wait. The file stays open. */
  async release(): Promise<void> {
    await within(this.#timeout, Promise.allSettled(this.#underWay))
  }
}
