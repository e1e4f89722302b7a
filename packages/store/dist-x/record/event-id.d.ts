/**
 * `<stream>~<label>`. The stream is in it, so that a resumption can be told to be of this stream when the event itself is
 * gone. Plain ASCII: it becomes an SSE `id` and a `Last-Event-ID` header.
 */
export declare function eventIdOf(streamId: string, label: string): string;
/** @returns undefined for what is no event id of ours */
export declare function readEventId(eventId: string): {
    readonly streamId: string;
    readonly label: string;
} | undefined;
/**
 * Whether who has seen an event has seen another one, as far as their ids tell: both are of one stream and were named by
 * the same opening of a store, the other one not later.
 */
export declare function hasSeen(lastEventId: string, eventId: string): boolean;
/** Whether event ids can be made for this stream. */
export declare function isStreamId(streamId: string): boolean;
//# sourceMappingURL=event-id.d.ts.map