import type { BackEnd } from '../contract/back-end.js';
import type { SessionStore } from '../contract/session-store.js';
import type { RecordReader } from './record-reader.js';
/** The sessions of a store: what is sealed, hashed and checked before a back end gets it. */
export declare function createSessions(backEnd: BackEnd, reader: RecordReader): SessionStore;
//# sourceMappingURL=sessions.d.ts.map