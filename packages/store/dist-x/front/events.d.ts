import type { BackEnd, RequiredEventLimits } from '../contract/back-end.js';
import type { SessionEvents } from '../contract/event-store.js';
import type { RecordReader } from './record-reader.js';
/** The events of one session. */
export declare function createSessionEvents(sessionId: string, backEnd: BackEnd, reader: RecordReader, limits: RequiredEventLimits, nextLabel: () => string): SessionEvents;
//# sourceMappingURL=events.d.ts.map