/** One log of a session, in the order of arrival. */
export class MemoryLog {
    #entries = [];
    #bytes = 0;
    append(stream, { label, bytes }, now, limits) {
        if (this.#entries.some((entry) => entry.label === label))
            return;
        this.#entries.push({ stream, label, bytes, storedAt: now });
        this.#bytes += bytes.length;
        let dropped = 0;
        while (this.#isTooMuch(dropped, now, limits)) {
            this.#bytes -= this.#entries[dropped]?.bytes.length ?? 0;
            dropped++;
        }
        if (dropped > 0)
            this.#entries = this.#entries.slice(dropped);
    }
    read(stream, after, limit) {
        const ofStream = this.#entries.filter((entry) => entry.stream === stream);
        const index = ofStream.findIndex(({ label }) => label === after);
        const following = ofStream.slice(index + 1);
        return {
            found: after === undefined || index >= 0,
            events: following.slice(0, limit).map(({ label, bytes }) => ({ label, bytes })),
            more: following.length > limit,
        };
    }
    #isTooMuch(dropped, now, { maxEvents, maxBytes, maxAge }) {
        const kept = this.#entries.length - dropped;
        const oldest = this.#entries[dropped];
        if (kept <= 1 || oldest === undefined)
            return false;
        return kept > maxEvents || this.#bytes > maxBytes || oldest.storedAt < now - maxAge;
    }
}
//# sourceMappingURL=memory-log.js.map