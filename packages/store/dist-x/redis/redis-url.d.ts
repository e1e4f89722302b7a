export interface Address {
    readonly host: string;
    readonly port: number;
}
/** Where a Redis or Valkey is, and of which kind. */
export interface RedisTarget {
    readonly kind: 'single' | 'sentinel' | 'cluster';
    readonly addresses: readonly Address[];
    readonly tls: boolean;
    readonly username?: string;
    readonly password?: string;
    /** @default 0; a cluster has no other */
    readonly database: number;
    /** Of the master that the sentinels watch. */
    readonly masterName?: string;
}
/**
 * Reads `redis[s]://[user:password@]host[:port][/database]`, `redis[s]-sentinel://…host,host/master-name[/database]` and
 * `redis[s]-cluster://…host,host`. User and password are percent-encoded.
 * @throws StoreError `invalid_option`; the message never contains the URL, because a password may be in it
 */
export declare function readRedisUrl(url: string): RedisTarget;
//# sourceMappingURL=redis-url.d.ts.map