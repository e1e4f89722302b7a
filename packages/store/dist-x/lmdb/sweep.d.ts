import { type Database } from './database.js';
/**
 * Removes what has ended, a little with each write, so that nobody needs a timer and what nobody asks for any more does
 * not stay on the disk for ever.
 */
export declare class Sweep {
    #private;
    /** Inside a transaction. @param isAlive of a session's key: whether it was used after what its record says */
    step(database: Database, now: number, isAlive?: (key: string) => boolean): void;
}
//# sourceMappingURL=sweep.d.ts.map