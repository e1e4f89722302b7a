import type { Store, StoreOptions } from '../contract/store.js';
export interface MemoryStoreOptions extends StoreOptions {
    /** Beyond it a new session is refused with `store_full`. @default 100,000 */
    readonly maxSessions?: number;
    /** Milliseconds since the Unix epoch. @default Date.now */
    readonly now?: () => number;
}
/** A store in this process: for tests, and for a server that is one process and may forget. */
export declare function memoryStore({ maxSessions, now, ...options }?: MemoryStoreOptions): Store;
//# sourceMappingURL=memory-store.d.ts.map