export { redisStore, type RedisStoreOptions } from './redis/redis-store.js'
