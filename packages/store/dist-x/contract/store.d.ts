import type { EncryptionKey } from '../record/encryption-keys.js';
import type { SessionEvents } from './event-store.js';
import type { NotificationBus } from './notification-bus.js';
import type { SessionStore } from './session-store.js';
import type { WarningListener } from './warning.js';
/** Sessions, their events, and a bus between the processes that share them. */
export interface Store extends AsyncDisposable {
    readonly sessions: SessionStore;
    readonly bus: NotificationBus;
    /** The events of one session; costs nothing until it is used. An `EventStore` for the SDKs' transports. */
    events(sessionId: string): SessionEvents;
    /** Waits for what was begun, then lets go of everything. Whatever is asked for later rejects with `store_closed`. */
    close(): Promise<void>;
}
export interface EventLimits {
    /** Events kept for the standalone stream, and as many for all call streams of a session. @default 1000 */
    readonly maxEvents?: number;
    /** Bytes kept, likewise; the newest event is kept whatever its size. @default 1 MiB */
    readonly maxBytes?: number;
    /** Milliseconds after which an event is dropped when another one is stored. @default 1 hour */
    readonly maxAge?: number;
}
/** What every back end takes. */
export interface StoreOptions {
    readonly events?: EventLimits;
    /**
     * Encrypts every record (AES-256-GCM). The first key writes, all of them read. As text: `id:base64` of 32 bytes, several
     * with commas; meant to come from the environment. Given but empty is an error, so that a variable that is not set
     * never means "not encrypted".
     */
    readonly encryptionKeys?: string | readonly EncryptionKey[] | undefined;
    /** With keys: whether records from before the encryption are still read. @default false */
    readonly readUnencrypted?: boolean;
    readonly onWarning?: WarningListener;
}
//# sourceMappingURL=store.d.ts.map