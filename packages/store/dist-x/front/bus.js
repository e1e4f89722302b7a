import { sessionKey } from '../record/session-key.js';
import { checkedSize } from './checked.js';
const maxNoticeBytes = 64 * 1024;
const context = 'notice';
const everybody = '';
/** One subscription to the back end, however many sessions are listened for. */
export function createBus(backEnd, reader, warn) {
    const listeners = new Map();
    let subscription;
    function tell(call) {
        try {
            call();
        }
        catch (cause) {
            warn({ code: 'listener_failed', message: 'A subscriber of the bus threw.', cause });
        }
    }
    function onNotice(to, bytes) {
        const interested = listeners.get(to);
        if (interested === undefined)
            return;
        const opened = reader.open(`${context}\0${to}`, to, bytes);
        if (opened === undefined)
            return;
        const [message] = opened;
        for (const listener of [...interested]) {
            // Whoever was called before may have ended this one's subscription.
            if (interested.has(listener))
                tell(() => {
                    listener.onMessage(message);
                });
        }
    }
    function onGap() {
        warn({ code: 'notices_missed', message: 'Notices of the bus may have been missed.' });
        for (const interested of [...listeners.values()]) {
            for (const listener of [...interested]) {
                if (interested.has(listener))
                    tell(() => listener.onGap?.());
            }
        }
    }
    return {
        async publish(sessionId, message) {
            const to = sessionId === undefined ? everybody : sessionKey(sessionId);
            const bytes = checkedSize('A notice', reader.seal(`${context}\0${to}`, [message]), maxNoticeBytes);
            await backEnd.publish(to, bytes);
        },
        async subscribe(sessionId, given) {
            const to = sessionId === undefined ? everybody : sessionKey(sessionId);
            // A listener may be given twice: each subscription is one of its own.
            const listener = {
                onMessage: (message) => {
                    given.onMessage(message);
                },
                onGap: () => given.onGap?.(),
            };
            const interested = listeners.get(to) ?? new Set();
            listeners.set(to, interested.add(listener));
            const end = () => {
                interested.delete(listener);
                if (interested.size === 0 && listeners.get(to) === interested)
                    listeners.delete(to);
            };
            try {
                await (subscription ??= backEnd.subscribe({ onNotice, onGap }));
            }
            catch (error) {
                subscription = undefined;
                end();
                throw error;
            }
            return end;
        },
    };
}
//# sourceMappingURL=bus.js.map