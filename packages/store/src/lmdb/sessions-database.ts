import { TransactionFlags } from 'lmdb'
import type { Database } from './database.js'
import type { Gate } from './gate.js'
import { openOnce } from './open-once.js'

/** What `lmdb` has and does not declare: what was committed is flushed by a thread of its own. */
type Flushable = Database & { sync(callback: (error: Error | null | undefined) => void): void }

const committed: TransactionFlags =
  TransactionFlags.ABORTABLE | TransactionFlags.SYNCHRONOUS_COMMIT | TransactionFlags.NO_SYNC_FLUSH

/**
 * What has to outlive a power cut: the sessions. A write is committed, and visible to every process, at once; it resolves when
 * it is on the disk. After a power cut LMDB goes back to what was flushed last.
 */
export class SessionsDatabase {
  readonly database: Database
  readonly #gate: Gate
  #flushing: Promise<void> | undefined
  #next: Promise<void> | undefined

  /** Throws what LMDB throws. */
  constructor(path: string, gate: Gate) {
    this.#gate = gate
    this.database = gate.hold(() => openOnce(path))
  }

  /** All of it or nothing, one after the other in all processes. */
  async transaction<Result>(work: () => Result): Promise<Result> {
    const result = this.#gate.hold(() => this.database.transactionSync(work, committed))
    await this.#flushed()
    return result
  }

  /** Waits for what was begun. The file stays open. */
  async release(): Promise<void> {
    await Promise.allSettled([this.#flushing, this.#next])
  }

  /** One flush for all who came while the one before was under way: that may have begun too early for them. */
  #flushed(): Promise<void> {
    if (this.#flushing === undefined) return this.#flush()
    this.#next ??= this.#flushing
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined
        return this.#flush()
      })
    return this.#next
  }

  #flush(): Promise<void> {
    const flushing = new Promise<void>((resolve, reject) => {
      ;(this.database as Flushable).sync((error) => {
        if (error) reject(error)
        else resolve()
      })
    }).finally(() => {
      if (this.#flushing === flushing) this.#flushing = undefined
    })
    this.#flushing = flushing
    return flushing
  }
}
