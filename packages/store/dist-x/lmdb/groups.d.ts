import { type Database } from './database.js';
/** Inside a transaction: the group's size is counted along, so that nobody has to count a hundred thousand members. */
export declare function admit(database: Database, group: string, member: string, ttl: number, limit: number, now: number): boolean;
/** Inside a transaction. */
export declare function leave(database: Database, group: string, member: string): void;
//# sourceMappingURL=groups.d.ts.map