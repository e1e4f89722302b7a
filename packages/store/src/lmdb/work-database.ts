import { chmodSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { open } from 'lmdb'
import type { Database, Key } from './database.js'

/**
 * What only matters while the machine is up: requests in flight, events, leases, messages, when a session was last used. It
 * is in the page cache when a write returns, in microseconds, so that every process sees it and no process's death takes it
 * away; but it is not flushed, and so means nothing after a power cut. The file is named after the machine's start, and
 * another one begins with the next start.
 */
export class WorkDatabase {
  readonly database: Database

  constructor(directory: string) {
    const start = machineStart()
    const name = `work-${start ?? 'flushed'}.mdb`
    for (const other of readdirSync(directory)) {
      if (/^work-.*\.mdb(-lock)?$/.test(other) && !other.startsWith(name))
        rmSync(join(directory, other), { force: true })
    }
    const path = join(directory, name)
    const flushing = start === undefined ? { overlappingSync: false } : { noSync: true }
    this.database = open<Buffer, Key>({ path, noSubdir: true, encoding: 'binary', ...flushing })
    chmodSync(path, 0o600)
  }

  /**
   * All of it or nothing. Blocks the thread for the microseconds for which others may write; a thread of its own would cost
   * many times that, and would hold the lock for as long as this one is busy.
   */
  transaction<Result>(work: () => Result): Result {
    return this.database.transactionSync(work)
  }

  async close(): Promise<void> {
    await this.database.close()
  }
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
