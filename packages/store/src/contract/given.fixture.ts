import type { Store, StoreOptions } from './store.js'

/** One back end, with real data behind it. */
export interface ContractBench {
  /** Opens a store on the data; as often as is asked, all on the same data. */
  open(options?: StoreOptions): Store
  /** Lets this much time pass and then waits for the condition; where time can't be moved it is only waited for. */
  afterwards(ms: number, condition: () => Promise<boolean>): Promise<void>
  /** Lets time pass; not there where time can't be moved. */
  advance?(ms: number): void
  /** Every byte that somebody with a dump of the store would see. */
  dump(): Promise<Buffer>
  /** Overwrites the bytes of every session's record. */
  damageSessions(bytes: Buffer): Promise<void>
  close(): Promise<void>
}

/** What each test of the contract is given. */
export interface Given {
  readonly bench: ContractBench
  /** Two stores on the same data, as two processes would have. */
  readonly store: Store
  readonly other: Store
  /** Of a session that no other test knows. */
  readonly id: string
}
