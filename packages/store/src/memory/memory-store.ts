import type { Store, StoreOptions } from '../contract/store.js'
import { checkedCount } from '../front/checked.js'
import { openStore } from '../front/open-store.js'
import { MemoryBackEnd } from './memory-back-end.js'

export interface MemoryStoreOptions extends StoreOptions {
  /** Beyond it a new session is refused with `store_full`. @default 100,000 */
  readonly maxSessions?: number
  /** Milliseconds since the Unix epoch. @default Date.now */
  readonly now?: () => number
}

/** A store in this process: for tests, and for a server that is one process and may forget. */
export function memoryStore({ maxSessions = 100_000, now = Date.now, ...options }: MemoryStoreOptions = {}): Store {
  checkedCount('maxSessions', maxSessions, 1, 100_000_000)
  return openStore(options, () => new MemoryBackEnd(now, maxSessions))
}
