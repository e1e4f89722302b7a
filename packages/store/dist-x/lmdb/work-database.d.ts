import type { Database } from './database.js';
/**
 * What only matters while the machine is up: requests in flight, events, leases, messages, when a session was last used. It
 * is in the page cache when a write returns, in microseconds, so that every process sees it and no process's death takes it
 * away; but it is not flushed, and so means nothing after a power cut. The file is named after the machine's start, and
 * another one begins with the next start.
 */
export declare class WorkDatabase {
    #private;
    readonly database: Database;
    constructor(directory: string);
    /**
     * All of it or nothing. Blocks the thread for the microseconds for which others may write; a thread of its own would cost
     * many times that, and would hold the lock for as long as this one is busy.
     */
    transaction<Result>(work: () => Result): Result;
    /** The same, together with what others want in this turn of the event loop: under load, many for the price of one. */
    inTurn<Result>(work: () => Result): Promise<Result>;
    /** Writes what is queued. */
    release(): void;
}
//# sourceMappingURL=work-database.d.ts.map