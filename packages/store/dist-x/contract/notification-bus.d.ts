import type { JsonValue } from './session-store.js';
export interface BusListener {
    /** Called in the order in which the bus took the messages. What it throws becomes a warning. */
    onMessage(message: JsonValue): void;
    /**
     * Messages may have been missed: this process was cut off for longer than the bus remembers, or the store behind it lost
     * some. Whoever must not miss anything reads again what the messages are about.
     */
    onGap?(): void;
}
/**
 * Tells every process that shares the store. A message is delivered at most once to each subscriber, the publisher's own process
 * included; after a short absence what was missed is delivered late, after a longer one `onGap` is called. What must not
 * be lost is written to the store first; the message is then the bell that says so.
 */
export interface NotificationBus {
    /**
     * @param sessionId of the session that it is about; undefined: for everybody
     * @throws StoreError `too_large` beyond 64 KiB of JSON
     */
    publish(sessionId: string | undefined, message: JsonValue): Promise<void>;
    /**
     * Resolves when every message published from now on will be delivered.
     * @param sessionId undefined: the messages for everybody (and not those of any session)
     * @returns ends the subscription; no call follows
     */
    subscribe(sessionId: string | undefined, listener: BusListener): Promise<() => void>;
}
//# sourceMappingURL=notification-bus.d.ts.map