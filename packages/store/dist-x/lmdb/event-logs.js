import { eventAt, logsAt, rangeOf, removeRange } from './database.js';
import { eventValue, logsValue, readEventValue, readLogsValue, timeOf } from './values.js';
/** Inside a transaction: appends, and drops what is too old or too much; the newest event stays. */
export function appendEvent(database, key, log, stream, { label, bytes }, limits, now, sessionExpiresAt) {
    const logs = liveLogs(database, key, now);
    const state = logs[log];
    const value = eventValue({ storedAt: now, stream, label, bytes });
    database.putSync(eventAt(key, log, state.next), value);
    state.next++;
    state.count++;
    state.bytes += value.length;
    trim(database, key, log, state, limits, now);
    const expiresAt = Math.max(logs.expiresAt, now + limits.maxAge, sessionExpiresAt);
    database.putSync(logsAt(key), logsValue({ ...logs, expiresAt }));
}
export function readEvents(database, key, log, stream, after, limit, now) {
    const header = database.get(logsAt(key));
    if (header === undefined || timeOf(header) <= now)
        return { found: after === undefined, events: [], more: false };
    let found = after === undefined;
    let events = [];
    for (const { value } of rangeOf(database, ['e', key, log])) {
        const event = readEventValue(value);
        if (event.stream !== stream)
            continue;
        if (event.label === after) {
            found = true;
            events = [];
        }
        else if (!found || events.length <= limit) {
            // Until it is found, what was met is kept only as far as it may be the answer.
            if (events.length <= limit)
                events.push({ label: event.label, bytes: event.bytes });
        }
        else
            break;
    }
    return { found, events: events.slice(0, limit), more: events.length > limit };
}
/** Inside a transaction. */
export function clearEvents(database, key) {
    database.removeSync(logsAt(key));
    removeRange(database, ['e', key]);
}
/** Inside a transaction: the events live at least as long as their session. */
export function keepEvents(database, key, expiresAt, now) {
    const header = database.get(logsAt(key));
    if (header === undefined || timeOf(header) <= now || timeOf(header) >= expiresAt)
        return;
    const later = Buffer.from(header);
    later.writeDoubleBE(expiresAt);
    database.putSync(logsAt(key), later);
}
/** The state of the logs; those that have ended are removed before. */
function liveLogs(database, key, now) {
    const logs = readLogsValue(database.get(logsAt(key)));
    if (logs.expiresAt > now || logs.expiresAt === 0)
        return logs;
    clearEvents(database, key);
    return readLogsValue(undefined);
}
function trim(database, key, log, state, { maxEvents, maxBytes, maxAge }, now) {
    const dropped = [];
    for (const entry of rangeOf(database, ['e', key, log])) {
        const isTooMuch = state.count > maxEvents || state.bytes > maxBytes || timeOf(entry.value) < now - maxAge;
        if (state.count <= 1 || !isTooMuch)
            break;
        state.count--;
        state.bytes -= entry.value.length;
        dropped.push(entry.key);
    }
    for (const position of dropped)
        database.removeSync(position);
}
//# sourceMappingURL=event-logs.js.map