import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { StoreError } from '../contract/errors.js'
import type { Store, StoreOptions } from '../contract/store.js'
import { openStore } from '../front/open-store.js'
import { Gate } from './gate.js'
import { LmdbBackEnd } from './lmdb-back-end.js'
import { Notices } from './notices.js'
import { SessionsDatabase } from './sessions-database.js'
import { WorkDatabase } from './work-database.js'

export interface LmdbStoreOptions extends StoreOptions {
  /** Milliseconds since the Unix epoch; all processes that share the store have to agree. @default Date.now */
  readonly now?: () => number
}

/**
 * A store in a directory of this machine, for any number of processes. What was written survives the death of every process at
 * any moment. After a power cut the sessions are there, but for the last moments; what only matters while the machine is up
 * (requests in flight, events, leases, messages) begins anew. Not for network drives.
 * @param directory is made if it does not exist, for this user only
 * @throws StoreError `store_unavailable` where it can't be opened
 */
export function lmdbStore(directory: string, options: LmdbStoreOptions = {}): Store {
  const { now = Date.now, ...others } = options
  return openStore(others, () => {
    const { sessions, work } = opened(directory)
    return new LmdbBackEnd(sessions, work, new Notices(work, join(directory, 'bell'), now), now)
  })
}

function opened(directory: string): { sessions: SessionsDatabase; work: WorkDatabase } {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    const gate = new Gate(join(directory, 'gate.mdb'))
    const path = join(directory, 'store.mdb')
    const sessions = new SessionsDatabase(path, gate)
    chmodSync(path, 0o600)
    return { sessions, work: new WorkDatabase(directory, gate) }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new StoreError('store_unavailable', `The store in ${directory} can't be opened: ${reason}`, { cause })
  }
}
