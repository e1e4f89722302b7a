import type { RawEvent, RawEventPage, RequiredEventLimits } from '../contract/back-end.js';
/** One log of a session, in the order of arrival. */
export declare class MemoryLog {
    #private;
    append(stream: string, { label, bytes }: RawEvent, now: number, limits: RequiredEventLimits): void;
    read(stream: string, after: string | undefined, limit: number): RawEventPage;
}
//# sourceMappingURL=memory-log.d.ts.map