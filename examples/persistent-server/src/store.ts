import type { Store } from '@mcp-tether/store'

/** Redis where REDIS_URL says so; else a directory of this machine. */
export async function openStore(): Promise<Store> {
  const { REDIS_URL, SESSIONS = './sessions' } = process.env
  if (REDIS_URL !== undefined) return (await import('@mcp-tether/store/redis')).redisStore(REDIS_URL)
  return (await import('@mcp-tether/store/lmdb')).lmdbStore(SESSIONS)
}
