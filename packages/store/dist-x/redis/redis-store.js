import { checkedCount } from '../front/checked.js';
import { openStore } from '../front/open-store.js';
import { createRedisClient } from './client.js';
import { Connection } from './connection.js';
import { Notices } from './notices.js';
import { RedisBackEnd } from './redis-back-end.js';
import { readRedisUrl } from './redis-url.js';
/**
 * A store in Redis >= 6.2 or Valkey, for any number of machines. Connects by itself, and again whenever the connection is lost;
 * nothing waits longer than `timeout`.
 * @param url `redis://`, `rediss://`, `redis-sentinel://host,host/master-name` or `redis-cluster://host,host`
 * @throws StoreError `invalid_option`
 */
export function redisStore(url, options = {}) {
    const { prefix = 'mcp-tether:', timeout = 5000, tls = {}, ...others } = options;
    checkedCount('timeout', timeout, 1, 600_000);
    const target = readRedisUrl(url);
    return openStore(others, ({ warn }) => {
        const connect = () => new Connection((events) => createRedisClient(target, tls, timeout, events), timeout, warn);
        const connection = connect();
        return new RedisBackEnd(connection, new Notices(connection, connect, `${prefix}{bus}:b`), prefix);
    });
}
//# sourceMappingURL=redis-store.js.map