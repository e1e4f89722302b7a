import type { WarningListener } from '../contract/warning.js';
import { type Argument, type ClientEvents, type RedisClient } from './client.js';
/**
 * Commands with a deadline, over a connection that comes back. A command waits for the connection, and is sent again when it was
 * lost, until its deadline; so that commands have to be such that twice is as good as once.
 */
export declare class Connection {
    #private;
    /** @param timeout ms that a command may take in all */
    constructor(create: (events: ClientEvents) => RedisClient, timeout: number, warn: WarningListener);
    /**
     * @param command is told whether it is sent for the second time
     * @throws StoreError `store_unavailable` after the timeout, at the latest
     */
    run(key: string, command: (isAgain: boolean) => readonly Argument[], timeout?: number): Promise<unknown>;
    close(): void;
}
export declare function pause(ms: number): Promise<void>;
//# sourceMappingURL=connection.d.ts.map