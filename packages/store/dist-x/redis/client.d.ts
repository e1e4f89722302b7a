import type { ConnectionOptions } from 'node:tls';
import type { RedisTarget } from './redis-url.js';
export type Argument = string | Buffer;
/** One connection (or one set of them) to whatever answers under a URL. */
export interface RedisClient {
    /** Sends one command about keys of one slot. Replies are those of RESP 2, texts as buffers. */
    send(key: string, command: readonly Argument[]): Promise<unknown>;
    connect(): Promise<unknown>;
    /** At once; what is under way is rejected. */
    destroy(): void;
}
export interface ClientEvents {
    readonly onReady: () => void;
    readonly onError: (error: unknown) => void;
}
/** Milliseconds before the next try, with full jitter after the first: 50 to 2,000. */
export declare function backOff(retries: number, random?: () => number): number;
/** A client that is not connected yet. It never keeps commands back: what can't be sent now is rejected now. */
export declare function createRedisClient({ kind, addresses, tls, username, password, database, masterName }: RedisTarget, tlsOptions: ConnectionOptions, connectTimeout: number, { onReady, onError }: ClientEvents): RedisClient;
//# sourceMappingURL=client.d.ts.map