import { checkedCount } from '../front/checked.js';
import { openStore } from '../front/open-store.js';
import { MemoryBackEnd } from './memory-back-end.js';
/** A store in this process: for tests, and for a server that is one process and may forget. */
export function memoryStore({ maxSessions = 100_000, now = Date.now, ...options } = {}) {
    checkedCount('maxSessions', maxSessions, 1, 100_000_000);
    return openStore(options, () => new MemoryBackEnd(now, maxSessions));
}
//# sourceMappingURL=memory-store.js.map