/** Beyond it no event id is looked at. */
const maxLength = 512;
/**
 * `<stream>~<label>`. The stream is in it, so that a resumption can be told to be of this stream when the event itself is
 * gone. Plain ASCII: it becomes an SSE `id` and a `Last-Event-ID` header.
 */
export function eventIdOf(streamId, label) {
    return `${escaped(streamId)}~${label}`;
}
/** @returns undefined for what is no event id of ours */
export function readEventId(eventId) {
    if (eventId.length > maxLength)
        return undefined;
    const match = /^([A-Za-z0-9_.!*'()%-]+)~([A-Za-z0-9_.-]{1,64})$/.exec(eventId);
    if (match?.[1] === undefined || match[2] === undefined)
        return undefined;
    try {
        const streamId = decodeURIComponent(match[1]);
        return escaped(streamId) === match[1] ? { streamId, label: match[2] } : undefined;
    }
    catch {
        return undefined;
    }
}
/**
 * Whether who has seen an event has seen another one, as far as their ids tell: both are of one stream and were named by
 * the same opening of a store, the other one not later.
 */
export function hasSeen(lastEventId, eventId) {
    const [last, other] = [readEventId(lastEventId), readEventId(eventId)];
    if (last === undefined || last.streamId !== other?.streamId)
        return false;
    const [[writer, count], [otherWriter, otherCount]] = [last.label.split('.'), other.label.split('.')];
    return writer === otherWriter && parseInt(otherCount ?? '', 36) <= parseInt(count ?? '', 36);
}
/** Whether event ids can be made for this stream. */
export function isStreamId(streamId) {
    return streamId !== '' && !/\p{Surrogate}/u.test(streamId) && escaped(streamId).length <= 400;
}
function escaped(streamId) {
    return encodeURIComponent(streamId).replaceAll('~', '%7E');
}
//# sourceMappingURL=event-id.js.map