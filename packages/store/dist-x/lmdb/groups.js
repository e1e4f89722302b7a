import { groupSizeAt, memberAt, rangeOf, timedPrefix } from './database.js';
import { timed, timeOf } from './values.js';
/** Inside a transaction: the group's size is counted along, so that nobody has to count a hundred thousand members. */
export function admit(database, group, member, ttl, limit, now) {
    const known = database.get(memberAt(group, member));
    if (known === undefined) {
        if (sizeOf(database, group) >= limit)
            dropExpired(database, group, now);
        if (sizeOf(database, group) >= limit)
            return false;
        resize(database, group, 1);
    }
    else if (timeOf(known) <= now && sizeOf(database, group) > limit) {
        return false;
    }
    database.putSync(memberAt(group, member), timed(now + ttl));
    return true;
}
/** Inside a transaction. */
export function leave(database, group, member) {
    if (database.removeSync(memberAt(group, member)))
        resize(database, group, -1);
}
function dropExpired(database, group, now) {
    const expired = [];
    for (const { key, value } of rangeOf(database, [timedPrefix, 'm', group]))
        if (timeOf(value) <= now)
            expired.push(key);
    for (const key of expired)
        database.removeSync(key);
    if (expired.length > 0)
        resize(database, group, -expired.length);
}
function sizeOf(database, group) {
    const value = database.get(groupSizeAt(group));
    return value === undefined ? 0 : timeOf(value);
}
function resize(database, group, by) {
    const size = sizeOf(database, group) + by;
    if (size <= 0)
        database.removeSync(groupSizeAt(group));
    else
        database.putSync(groupSizeAt(group), timed(size));
}
//# sourceMappingURL=groups.js.map