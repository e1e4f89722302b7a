import type { BackEnd, Expected, LogName, NoticeListener, RawEvent, RawEventPage, RawSession, RawWriteResult, RequiredEventLimits, StartResult } from '../contract/back-end.js';
import type { Notices } from './notices.js';
import type { SessionsDatabase } from './sessions-database.js';
import type { WorkDatabase } from './work-database.js';
/**
 * Two LMDB files: the sessions, which are flushed to the disk, and the work, which is not. Reads are of the memory maps and
 * take no lock; writes are transactions, of which LMDB lets one run at a time for each file, whatever process it comes from.
 * Where both are written, the lock of the sessions is taken first.
 */
export declare class LmdbBackEnd implements BackEnd {
    #private;
    constructor(sessions: SessionsDatabase, work: WorkDatabase, notices: Notices, now: () => number);
    readSession(key: string): Promise<RawSession | undefined>;
    writeSession(key: string, { bytes, version }: {
        bytes: Uint8Array;
        version: string;
    }, ttl: number, expected: Expected): Promise<RawWriteResult>;
    deleteSession(key: string): Promise<boolean>;
    touchSession(key: string, ttl: number): Promise<boolean>;
    startRequest(key: string, field: string, bytes: Uint8Array, ttl: number, limit: number): Promise<StartResult>;
    finishRequest(key: string, field: string): Promise<void>;
    requestsInFlight(key: string): Promise<(readonly [string, Uint8Array])[]>;
    acquireLease(key: string, name: string, owner: string, ttl: number): Promise<number | string>;
    renewLease(key: string, name: string, owner: string, ttl: number): Promise<boolean>;
    releaseLease(key: string, name: string, owner: string): Promise<boolean>;
    leaseOwner(key: string, name: string): Promise<string | undefined>;
    admit(group: string, member: string, ttl: number, limit: number): Promise<boolean>;
    leave(group: string, member: string): Promise<void>;
    appendEvent(key: string, log: LogName, stream: string, event: RawEvent, limits: RequiredEventLimits): Promise<void>;
    readEvents(key: string, log: LogName, stream: string, after: string | undefined, limit: number): Promise<RawEventPage>;
    clearEvents(key: string): Promise<void>;
    publish(to: string, bytes: Uint8Array): Promise<void>;
    subscribe(listener: NoticeListener): Promise<() => void>;
    close(): Promise<void>;
}
//# sourceMappingURL=lmdb-back-end.d.ts.map