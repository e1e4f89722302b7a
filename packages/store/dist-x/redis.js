export { redisStore } from './redis/redis-store.js';
//# sourceMappingURL=redis.js.map