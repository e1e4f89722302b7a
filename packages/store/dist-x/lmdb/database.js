/** Records that end by themselves, under one prefix, so that a sweep finds them all. */
export const timedPrefix = 't';
export const sessionAt = (key) => [timedPrefix, 's', key];
export const logsAt = (key) => [timedPrefix, 'h', key];
export const leaseAt = (key, name) => [timedPrefix, 'l', key, name];
export const memberAt = (group, member) => [timedPrefix, 'm', group, member];
export const requestAt = (key, field) => ['r', key, field];
export const eventAt = (key, log, position) => ['e', key, log, position];
export const groupSizeAt = (group) => ['n', group];
export const noticeAt = (position) => ['b', position];
/** Above every text and number that comes after a prefix. */
const highest = '￿';
export function* rangeOf(database, prefix, { after, reverse = false, limit } = {}) {
    const bottom = after ?? prefix;
    const top = [...prefix, highest];
    yield* database.getRange({
        start: reverse ? top : bottom,
        end: reverse ? bottom : top,
        reverse,
        ...(limit === undefined ? {} : { limit }),
    });
}
/** How many there are under a prefix; not more than `limit` are counted. */
export function countOf(database, prefix, limit) {
    return database.getKeysCount({ start: prefix, end: [...prefix, highest], limit });
}
/** Inside a transaction: removes all that is under a prefix. */
export function removeRange(database, prefix) {
    // Taken before anything is removed: a cursor does not like its entries to go.
    for (const { key } of [...rangeOf(database, prefix)])
        database.removeSync(key);
}
//# sourceMappingURL=database.js.map