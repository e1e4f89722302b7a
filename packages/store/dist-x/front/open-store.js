import { randomBytes } from 'node:crypto';
import { StoreError } from '../contract/errors.js';
import { encryptionKeysOf } from '../record/encryption-keys.js';
import { encryptingSealer, plainSealer } from '../record/seal.js';
import { createBus } from './bus.js';
import { checkedCount } from './checked.js';
import { createSessionEvents } from './events.js';
import { guarded } from './guarded.js';
import { createRecordReader } from './record-reader.js';
import { createSessions } from './sessions.js';
/** A store on a back end: the same for all of them. */
export function openStore(options, open) {
    const limits = eventLimitsOf(options.events);
    const sealer = sealerOf(options);
    const warn = (warning) => {
        try {
            options.onWarning?.(warning);
        }
        catch {
            // A callback that throws has nobody left to be told to.
        }
    };
    const backEnd = guarded(open({ warn }));
    const reader = createRecordReader(sealer, warn);
    const nextLabel = labels();
    return {
        sessions: createSessions(backEnd, reader),
        bus: createBus(backEnd, reader, warn),
        events: (sessionId) => createSessionEvents(sessionId, backEnd, reader, limits, nextLabel),
        close: () => backEnd.close(),
        [Symbol.asyncDispose]: () => backEnd.close(),
    };
}
/** Names of events: this opening of the store, and a count. */
function labels() {
    const writer = randomBytes(6).toString('base64url');
    let count = 0;
    return () => `${writer}.${(count++).toString(36)}`;
}
function eventLimitsOf({ maxEvents = 1000, maxBytes = 1024 * 1024, maxAge = 3_600_000 } = {}) {
    return {
        maxEvents: checkedCount('events.maxEvents', maxEvents, 1, 1_000_000),
        maxBytes: checkedCount('events.maxBytes', maxBytes, 1, 2 ** 40),
        maxAge: checkedCount('events.maxAge', maxAge, 1, 2 ** 40),
    };
}
function sealerOf(options) {
    if (!('encryptionKeys' in options)) {
        if (options.readUnencrypted === undefined)
            return plainSealer;
        throw new StoreError('invalid_option', 'The option readUnencrypted needs encryptionKeys.');
    }
    const [first, ...others] = encryptionKeysOf(options.encryptionKeys);
    return first === undefined ? plainSealer : encryptingSealer([first, ...others], options.readUnencrypted ?? false);
}
//# sourceMappingURL=open-store.js.map