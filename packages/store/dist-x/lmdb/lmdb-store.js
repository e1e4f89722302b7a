import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError } from '../contract/errors.js';
import { checkedCount } from '../front/checked.js';
import { openStore } from '../front/open-store.js';
import { LmdbBackEnd } from './lmdb-back-end.js';
import { Notices } from './notices.js';
import { SessionsDatabase } from './sessions-database.js';
import { WorkDatabase } from './work-database.js';
/**
 * A store in a directory of this machine, for any number of processes. What was written survives the death of every process at
 * any moment. After a power cut the sessions are there, but for the last moments; what only matters while the machine is up
 * (requests in flight, events, leases, messages) begins anew. Not for network drives.
 * @param directory is made if it does not exist, for this user only
 * @throws StoreError `invalid_option`; `store_unavailable` where it can't be opened
 */
export function lmdbStore(directory, options = {}) {
    const { now = Date.now, timeout = 10_000, ...others } = options;
    checkedCount('timeout', timeout, 1, 600_000);
    return openStore(others, () => {
        const { sessions, work } = opened(directory, timeout);
        return new LmdbBackEnd(sessions, work, new Notices(work, join(directory, 'bell'), now), now);
    });
}
function opened(directory, timeout) {
    try {
        mkdirSync(directory, { recursive: true, mode: 0o700 });
        const path = join(directory, 'store.mdb');
        const sessions = new SessionsDatabase(path, timeout);
        chmodSync(path, 0o600);
        return { sessions, work: new WorkDatabase(directory) };
    }
    catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new StoreError('store_unavailable', `The store in ${directory} can't be opened: ${reason}`, { cause });
    }
}
//# sourceMappingURL=lmdb-store.js.map