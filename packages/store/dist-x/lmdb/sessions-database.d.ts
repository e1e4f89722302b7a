import type { Database } from './database.js';
/** What has to outlive a power cut: the sessions. A write resolves when it is on the disk. */
export declare class SessionsDatabase {
    #private;
    readonly database: Database;
    /** @param timeout ms that a transaction may wait for its turn. Throws what LMDB throws */
    constructor(path: string, timeout: number);
    /**
     * All of it or nothing, one after the other in all processes.
     * @throws StoreError `store_unavailable` where the turn did not come in time, say because the process whose turn it is was
     * stopped; then nothing is done
     */
    transaction<Result>(work: () => Result): Promise<Result>;
    /** Waits for what was begun, no longer than a transaction may wait. The file stays open. */
    release(): Promise<void>;
}
//# sourceMappingURL=sessions-database.d.ts.map