import type { ConnectionOptions } from 'node:tls'
import type { Store, StoreOptions } from '../contract/store.js'
import { checkedCount } from '../front/checked.js'
import { openStore } from '../front/open-store.js'
import { createRedisClient } from './client.js'
import { Connection } from './connection.js'
import { Notices } from './notices.js'
import { RedisBackEnd } from './redis-back-end.js'
import { readRedisUrl } from './redis-url.js'

export interface RedisStoreOptions extends StoreOptions {
  /** Of every key. Stores with different prefixes know nothing of each other. @default 'mcp-tether:' */
  readonly prefix?: string
  /**
   * Milliseconds that an operation may take in all, lost connections and failing over included; then it rejects with
   * `store_unavailable`. @default 5000
   */
  readonly timeout?: number
  /** For `rediss://`: what Node's TLS takes, say `ca`. */
  readonly tls?: ConnectionOptions
}

/**
 * A store in Redis >= 6.2 or Valkey, for any number of machines. Connects by itself, and again whenever the connection is lost;
 * nothing waits longer than `timeout`.
 * @param url `redis://`, `rediss://`, `redis-sentinel://host,host/master-name` or `redis-cluster://host,host`
 * @throws StoreError `invalid_option`
 */
export function redisStore(url: string, options: RedisStoreOptions = {}): Store {
  const { prefix = 'mcp-tether:', timeout = 5000, tls = {}, ...others } = options
  checkedCount('timeout', timeout, 1, 600_000)
  const target = readRedisUrl(url)
  return openStore(others, ({ warn }) => {
    const connect = () => new Connection((events) => createRedisClient(target, tls, timeout, events), timeout, warn)
    const connection = connect()
    return new RedisBackEnd(connection, new Notices(connection, connect, `${prefix}{bus}:b`), prefix)
  })
}
