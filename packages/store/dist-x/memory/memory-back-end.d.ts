import type { BackEnd, Expected, LogName, NoticeListener, RawEvent, RawEventPage, RawSession, RawWriteResult, RequiredEventLimits, StartResult } from '../contract/back-end.js';
/** Everything in maps of this process. */
export declare class MemoryBackEnd implements BackEnd {
    #private;
    constructor(now: () => number, maxSessions: number);
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
//# sourceMappingURL=memory-back-end.d.ts.map