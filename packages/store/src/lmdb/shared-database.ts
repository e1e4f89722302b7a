import { statSync } from 'node:fs'
import { open } from 'lmdb'
import { StoreError } from '../contract/errors.js'
import { within } from '../front/within.js'
import type { Database, Key } from './database.js'

/** A database of this process. */
interface Opened {
  readonly database: Database
  readonly file: string
  /** How many stores use it. */
  users: number
  /** Transactions that have not ended. */
  readonly underWay: Set<Promise<unknown>>
}

/**
 * By file, whatever path leads to it. LMDB opens a database with a transaction for which it blocks the thread; while another
 * opening of the same file in the same process is in one of its own, which waits for that thread, both would wait for ever.
 */
const opened = new Map<string, Opened>()

/** One store's use of a database that other stores of this process may use too. */
export class SharedDatabase {
  readonly #opened: Opened
  readonly #timeout: number

  /** @param timeout ms that a transaction may wait for its turn. Throws what LMDB throws */
  constructor(path: string, timeout: number) {
    this.#opened = opened.get(fileOf(path) ?? '') ?? opening(path)
    this.#opened.users++
    this.#timeout = timeout
  }

  get database(): Database {
    return this.#opened.database
  }

  /**
   * All of it or nothing, one after the other in all processes.
   * @throws StoreError `store_unavailable` where the turn did not come in time, say because the process whose turn it is was
   * stopped; then nothing is done
   */
  async transaction<Result>(work: () => Result): Promise<Result> {
    const { database, underWay } = this.#opened
    let isGivenUp = false
    const done = database.transaction(() => (isGivenUp ? undefined : { result: work() }))
    underWay.add(done)
    const settled = () => underWay.delete(done)
    done.then(settled, settled)
    const ended = await within(this.#timeout, done)
    if (ended?.value !== undefined) return ended.value.result
    isGivenUp = true
    const message = `Another process has not let go of the store within ${this.#timeout} ms.`
    throw new StoreError('store_unavailable', message)
  }

  /** Closes what nobody else uses. */
  async release(): Promise<void> {
    this.#opened.users--
    await within(this.#timeout, closeIfUnused(this.#opened))
  }
}

function opening(path: string): Opened {
  const database = open<Buffer, Key>({ path, noSubdir: true, encoding: 'binary', separateFlushed: true })
  const file = fileOf(path) ?? path
  const entry: Opened = { database, file, users: 0, underWay: new Set() }
  opened.set(file, entry)
  return entry
}

async function closeIfUnused(entry: Opened): Promise<void> {
  // A transaction that was given up still waits for its turn, and whoever opens the file meanwhile has to get this one.
  while (entry.underWay.size > 0) await Promise.allSettled(entry.underWay)
  if (entry.users > 0 || opened.get(entry.file) !== entry) return
  opened.delete(entry.file)
  await entry.database.close()
}

/** @returns undefined where there is none */
export function fileOf(path: string): string | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stats === undefined ? undefined : `${stats.dev}:${stats.ino}`
}
