/** How many old entries each new one looks at. Two, so that the sweep is quicker than the growth. */
const sweptPerWrite = 2;
/** A map whose entries end by themselves; without a timer: what has expired is dropped when it is met. */
export class ExpiringMap {
    #entries = new Map();
    #now;
    #sweep = this.#entries.entries();
    constructor(now) {
        this.#now = now;
    }
    /** Entries, expired ones that were not met yet included. */
    get size() {
        return this.#entries.size;
    }
    get(key) {
        const value = this.#entries.get(key);
        if (value === undefined || value.expiresAt > this.#now())
            return value;
        this.#entries.delete(key);
        return undefined;
    }
    set(key, value) {
        this.#entries.set(key, value);
        for (let looked = 0; looked < sweptPerWrite; looked++)
            this.#sweepOne();
    }
    delete(key) {
        const existed = this.get(key) !== undefined;
        this.#entries.delete(key);
        return existed;
    }
    /** Drops all that has expired. */
    sweepAll() {
        for (const key of this.#entries.keys())
            this.get(key);
    }
    clear() {
        this.#entries.clear();
    }
    #sweepOne() {
        const next = this.#sweep.next();
        if (next.done === true)
            this.#sweep = this.#entries.entries();
        else
            this.get(next.value[0]);
    }
}
//# sourceMappingURL=expiring-map.js.map