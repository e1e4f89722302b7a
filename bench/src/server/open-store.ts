import { memoryStore, type Store } from '@mcp-tether/store'

/** @param where a directory, or the address of Redis */
export async function openStore(kind: string, where: string): Promise<Store> {
  if (kind === 'memory') return memoryStore()
  if (kind === 'lmdb') return (await import('@mcp-tether/store/lmdb')).lmdbStore(where)
  if (kind === 'redis') return (await import('@mcp-tether/store/redis')).redisStore(where)
  throw new Error(`There is no store "${kind}", but there are memory, lmdb, redis.`)
}
