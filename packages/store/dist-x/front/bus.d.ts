import type { BackEnd } from '../contract/back-end.js';
import type { NotificationBus } from '../contract/notification-bus.js';
import type { WarningListener } from '../contract/warning.js';
import type { RecordReader } from './record-reader.js';
/** One subscription to the back end, however many sessions are listened for. */
export declare function createBus(backEnd: BackEnd, reader: RecordReader, warn: WarningListener): NotificationBus;
//# sourceMappingURL=bus.d.ts.map