import type { Store, StoreOptions } from '../contract/store.js';
export interface LmdbStoreOptions extends StoreOptions {
    /** Milliseconds since the Unix epoch; all processes that share the store have to agree. @default Date.now */
    readonly now?: () => number;
    /**
     * Milliseconds that a write may wait for its turn, because one process writes at a time; then it rejects with
     * `store_unavailable`. @default 10000
     */
    readonly timeout?: number;
}
/**
 * A store in a directory of this machine, for any number of processes. What was written survives the death of every process at
 * any moment. After a power cut the sessions are there, but for the last moments; what only matters while the machine is up
 * (requests in flight, events, leases, messages) begins anew. Not for network drives.
 * @param directory is made if it does not exist, for this user only
 * @throws StoreError `invalid_option`; `store_unavailable` where it can't be opened
 */
export declare function lmdbStore(directory: string, options?: LmdbStoreOptions): Store;
//# sourceMappingURL=lmdb-store.d.ts.map