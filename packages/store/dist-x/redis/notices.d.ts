import type { NoticeListener } from '../contract/back-end.js';
import { type Connection } from './connection.js';
/**
 * The bus, as a Redis Stream and not as Pub/Sub: who was cut off for a moment reads on from where it was, and misses nothing.
 * It is read over a connection of its own, because a read waits.
 */
export declare class Notices {
    #private;
    constructor(connection: Connection, connectReader: () => Connection, key: string);
    publish(to: string, bytes: Buffer): Promise<void>;
    subscribe(listener: NoticeListener): Promise<() => void>;
    close(): Promise<void>;
}
//# sourceMappingURL=notices.d.ts.map