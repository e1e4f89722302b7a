import { chmodSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from './open-database.js';
/**
 * What only matters while the machine is up: requests in flight, events, leases, messages, when a session was last used. It
 * is in the page cache when a write returns, in microseconds, so that every process sees it and no process's death takes it
 * away; but it is not flushed, and so means nothing after a power cut. The file is named after the machine's start, and
 * another one begins with the next start.
 */
export class WorkDatabase {
    database;
    #queued = [];
    constructor(directory) {
        const start = machineStart();
        const name = `work-${start ?? 'flushed'}.mdb`;
        for (const other of readdirSync(directory)) {
            if (/^work-.*\.mdb(-lock)?$/.test(other) && !other.startsWith(name))
                rmSync(join(directory, other), { force: true });
        }
        const path = join(directory, name);
        this.database = openDatabase(path, start === undefined ? { overlappingSync: false } : { noSync: true });
        chmodSync(path, 0o600);
    }
    /**
     * All of it or nothing. Blocks the thread for the microseconds for which others may write; a thread of its own would cost
     * many times that, and would hold the lock for as long as this one is busy.
     */
    transaction(work) {
        return this.database.transactionSync(work);
    }
    /** The same, together with what others want in this turn of the event loop: under load, many for the price of one. */
    inTurn(work) {
        return new Promise((resolve, reject) => {
            let result;
            this.#queued.push({
                work: () => {
                    result = work();
                },
                settle: (failure) => {
                    if (failure === undefined)
                        resolve(result);
                    else
                        reject(failure.cause instanceof Error ? failure.cause : new Error(String(failure.cause)));
                },
            });
            if (this.#queued.length === 1) {
                setImmediate(() => {
                    this.#flush();
                });
            }
        });
    }
    /** Writes what is queued. */
    release() {
        this.#flush();
    }
    #flush() {
        const queued = this.#queued;
        this.#queued = [];
        if (queued.length === 0)
            return;
        let failure;
        try {
            this.transaction(() => {
                for (const { work } of queued)
                    work();
            });
        }
        catch (cause) {
            failure = { cause };
        }
        for (const { settle } of queued)
            settle(failure);
    }
}
/** @returns undefined where the system does not say: then every write is flushed */
function machineStart() {
    try {
        const id = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
        return /^[\da-f-]{36}$/.test(id) ? id : undefined;
    }
    catch {
        return undefined;
    }
}
//# sourceMappingURL=work-database.js.map