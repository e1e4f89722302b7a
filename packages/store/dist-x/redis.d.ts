export { redisStore, type RedisStoreOptions } from './redis/redis-store.js';
//# sourceMappingURL=redis.d.ts.map