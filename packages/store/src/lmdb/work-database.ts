import { chmodSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { uptime } from 'node:os'
import { join } from 'node:path'
import type { Database } from './database.js'
import type { Gate } from './gate.js'
import { openOnce } from './open-once.js'

/**
 * What only matters while the machine is up: requests in flight, events, leases, messages, when a session was last used. It
 * is in the page cache when a write returns, in microseconds, so that every process sees it and no process's death takes it
 * away; but it is not flushed, and so means nothing after a power cut. The file is named after the machine's start, and
 * another one begins with the next start.
 */
export class WorkDatabase {
  readonly database: Database
  readonly #gate: Gate
  #queued: {
    readonly work: () => void
    readonly settle: (failure: { readonly cause: unknown } | undefined) => void
  }[] = []

  constructor(directory: string, gate: Gate) {
    this.#gate = gate
    const start = machineStart()
    const name = `work-${start ?? 'flushed'}.mdb`
    for (const other of readdirSync(directory)) {
      if (/^work-.*\.mdb$/.test(other) && other !== name) removeOld(join(directory, other))
    }
    const path = join(directory, name)
    this.database = gate.hold(() => openOnce(path, start === undefined ? { overlappingSync: false } : { noSync: true }))
    chmodSync(path, 0o600)
  }

  /**
   * All of it or nothing. Blocks the thread for the microseconds for which others may write; a thread of its own would cost
   * many times that, and would hold the lock for as long as this one is busy.
   */
  transaction<Result>(work: () => Result): Result {
    return this.#gate.hold(() => this.database.transactionSync(work))
  }

  /** The same, together with what others want in this turn of the event loop: under load, many for the price of one. */
  inTurn<Result>(work: () => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      let result: Result
      this.#queued.push({
        work: () => {
          result = work()
        },
        settle: (failure) => {
          if (failure === undefined) resolve(result)
          else reject(failure.cause instanceof Error ? failure.cause : new Error(String(failure.cause)))
        },
      })
      if (this.#queued.length === 1) {
        setImmediate(() => {
          this.#flush()
        })
      }
    })
  }

  /** Writes what is queued. */
  release(): void {
    this.#flush()
  }

  #flush(): void {
    const queued = this.#queued
    this.#queued = []
    if (queued.length === 0) return
    let failure: { readonly cause: unknown } | undefined
    try {
      this.transaction(() => {
        for (const { work } of queued) work()
      })
    } catch (cause) {
      failure = { cause }
    }
    for (const { settle } of queued) settle(failure)
  }
}

/** What was written since the machine's start may be in use, by a process that was told another name of it (containers). */
function removeOld(path: string): void {
  const start = Date.now() - uptime() * 1000
  if ((statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) >= start) return
  // The lock first: nobody would look for it without its file.
  rmSync(`${path}-lock`, { force: true })
  rmSync(path, { force: true })
}

/** @returns undefined where the system does not say: then every write is flushed */
function machineStart(): string | undefined {
  try {
    const id = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return /^[\da-f-]{36}$/.test(id) ? id : undefined
  } catch {
    return undefined
  }
}
