import { StoreError } from '../contract/errors.js';
import { within } from '../front/within.js';
import { openDatabase } from './open-database.js';
/** What has to outlive a power cut: the sessions. A write resolves when it is on the disk. */
export class SessionsDatabase {
    database;
    #timeout;
    /** Transactions that have not ended. */
    #underWay = new Set();
    /** @param timeout ms that a transaction may wait for its turn. Throws what LMDB throws */
    constructor(path, timeout) {
        this.database = openDatabase(path, { separateFlushed: true });
        this.#timeout = timeout;
    }
    /**
     * All of it or nothing, one after the other in all processes.
     * @throws StoreError `store_unavailable` where the turn did not come in time, say because the process whose turn it is was
     * stopped; then nothing is done
     */
    async transaction(work) {
        let isGivenUp = false;
        const done = this.database.transaction(() => (isGivenUp ? undefined : { result: work() }));
        this.#underWay.add(done);
        const settled = () => this.#underWay.delete(done);
        done.then(settled, settled);
        const ended = await within(this.#timeout, done);
        if (ended?.value !== undefined)
            return ended.value.result;
        isGivenUp = true;
        const message = `Another process has not let go of the store within ${this.#timeout} ms.`;
        throw new StoreError('store_unavailable', message);
    }
    /** Waits for what was begun, no longer than a transaction may wait. The file stays open. */
    async release() {
        await within(this.#timeout, Promise.allSettled(this.#underWay));
    }
}
//# sourceMappingURL=sessions-database.js.map