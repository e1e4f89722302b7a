import type { ConnectionOptions } from 'node:tls';
import type { Store, StoreOptions } from '../contract/store.js';
export interface RedisStoreOptions extends StoreOptions {
    /** Of every key. Stores with different prefixes know nothing of each other. @default 'mcp-tether:' */
    readonly prefix?: string;
    /**
     * Milliseconds that an operation may take in all, lost connections and failing over included; then it rejects with
     * `store_unavailable`. @default 5000
     */
    readonly timeout?: number;
    /** For `rediss://`: what Node's TLS takes, say `ca`. */
    readonly tls?: ConnectionOptions;
}
/**
 * A store in Redis >= 6.2 or Valkey, for any number of machines. Connects by itself, and again whenever the connection is lost;
 * nothing waits longer than `timeout`.
 * @param url `redis://`, `rediss://`, `redis-sentinel://host,host/master-name` or `redis-cluster://host,host`
 * @throws StoreError `invalid_option`
 */
export declare function redisStore(url: string, options?: RedisStoreOptions): Store;
//# sourceMappingURL=redis-store.d.ts.map