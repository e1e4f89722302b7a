import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { open } from 'lmdb'
import { StoreError } from '../contract/errors.js'
import type { Store, StoreOptions } from '../contract/store.js'
import { openStore } from '../front/open-store.js'
import type { Key } from './database.js'
import { LmdbBackEnd } from './lmdb-back-end.js'
import { Notices } from './notices.js'

export interface LmdbStoreOptions extends StoreOptions {
  /** Milliseconds since the Unix epoch; all processes that share the store have to agree. @default Date.now */
  readonly now?: () => number
}

/**
 * A store in a directory of this machine, for any number of processes. What was written survives the death of every process at
 * any moment (after a power cut the last moments may be missing; what is there is consistent). Not for network drives.
 * @param directory is made if it does not exist, for this user only
 * @throws StoreError `store_unavailable` where it can't be opened
 */
export function lmdbStore(directory: string, { now = Date.now, ...options }: LmdbStoreOptions = {}): Store {
  return openStore(options, () => {
    const database = opened(directory)
    return new LmdbBackEnd(database, new Notices(database, join(directory, 'bell'), now), now)
  })
}

function opened(directory: string) {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    const path = join(directory, 'store.mdb')
    const database = open<Buffer, Key>({ path, noSubdir: true, encoding: 'binary', separateFlushed: true })
    chmodSync(path, 0o600)
    return database
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new StoreError('store_unavailable', `The store in ${directory} can't be opened: ${reason}`, { cause })
  }
}
