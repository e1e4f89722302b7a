import type { LogName, RawEvent, RawEventPage, RequiredEventLimits } from '../contract/back-end.js';
import { type Database } from './database.js';
/** Inside a transaction: appends, and drops what is too old or too much; the newest event stays. */
export declare function appendEvent(database: Database, key: string, log: LogName, stream: string, { label, bytes }: RawEvent, limits: RequiredEventLimits, now: number, sessionExpiresAt: number): void;
export declare function readEvents(database: Database, key: string, log: LogName, stream: string, after: string | undefined, limit: number, now: number): RawEventPage;
/** Inside a transaction. */
export declare function clearEvents(database: Database, key: string): void;
/** Inside a transaction: the events live at least as long as their session. */
export declare function keepEvents(database: Database, key: string, expiresAt: number, now: number): void;
//# sourceMappingURL=event-logs.d.ts.map