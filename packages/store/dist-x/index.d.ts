export { StoreError, type StoreErrorCode } from './contract/errors.js';
export type { EventPage, ReadEventsResult, SessionEvents, StoredEvent, StoredMessage } from './contract/event-store.js';
export type { BusListener, NotificationBus } from './contract/notification-bus.js';
export type { CompareAndSetResult, JsonObject, JsonValue, LeaseResult, RequestInFlight, SessionStore, StoredSession, } from './contract/session-store.js';
export type { EventLimits, Store, StoreOptions } from './contract/store.js';
export type { StoreWarning, WarningListener } from './contract/warning.js';
export { memoryStore, type MemoryStoreOptions } from './memory/memory-store.js';
export type { EncryptionKey } from './record/encryption-keys.js';
//# sourceMappingURL=index.d.ts.map