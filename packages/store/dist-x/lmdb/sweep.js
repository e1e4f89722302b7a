import { rangeOf, removeRange, timedPrefix } from './database.js';
import { clearEvents } from './event-logs.js';
import { leave } from './groups.js';
import { timeOf } from './values.js';
/** How many records are looked at, and with which of the writes: four a write, so that the sweep is quicker than the growth. */
const lookedAt = 32;
const everyWrites = 8;
/**
 * Removes what has ended, a little with each write, so that nobody needs a timer and what nobody asks for any more does
 * not stay on the disk for ever.
 */
export class Sweep {
    #after = [timedPrefix];
    #writes = 0;
    /** Inside a transaction. @param isAlive of a session's key: whether it was used after what its record says */
    step(database, now, isAlive = () => false) {
        if (++this.#writes % everyWrites !== 0)
            return;
        const met = [...rangeOf(database, [timedPrefix], { after: this.#after, limit: lookedAt })];
        for (const { key, value } of met)
            if (timeOf(value) <= now && !isAlive(String(key[2])))
                remove(database, key);
        const last = met.at(-1)?.key;
        // The last one is met again, which is cheaper than to know what comes after it.
        this.#after = met.length < lookedAt || last === undefined ? [timedPrefix] : last;
    }
}
function remove(database, at) {
    const [, kind, first, second] = at;
    const key = String(first);
    if (kind === 'm') {
        leave(database, key, String(second));
        return;
    }
    database.removeSync(at);
    if (kind === 's')
        removeRange(database, ['r', key]);
    else if (kind === 'h')
        clearEvents(database, key);
}
//# sourceMappingURL=sweep.js.map