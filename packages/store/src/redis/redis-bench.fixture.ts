import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createClient } from '@redis/client'
import { vi } from 'vitest'
import type { ContractBench } from '../contract/given.fixture.js'
import { redisStore, type RedisStoreOptions } from './redis-store.js'

/** What the contract needs of Redis: time can't be moved, so that it is waited for. */
export function redisBench(
  url: string,
  directories: string[],
  plainUrls: string[],
  options: RedisStoreOptions,
  close: () => Promise<void>,
): ContractBench {
  return {
    open: (given = {}) => redisStore(url, { ...options, ...given }),
    async afterwards(_ms, condition) {
      await vi.waitFor(
        async () => {
          if (!(await condition())) throw new Error('not yet')
        },
        { timeout: 10_000, interval: 20 },
      )
    },
    // With an append-only file that is written always, every command and so every byte is in it.
    dump: () =>
      Promise.resolve(
        Buffer.concat(
          directories.flatMap((directory) =>
            readdirSync(directory, { recursive: true, encoding: 'utf8' })
              .filter((name) => name.endsWith('.aof'))
              .map((name) => readFileSync(join(directory, name))),
          ),
        ),
      ),
    async damageSessions(bytes) {
      for (const plainUrl of plainUrls) {
        const client = createClient({ url: plainUrl })
        await client.connect()
        for (const key of await client.keys('*:s')) await client.hSet(key, 'd', bytes)
        client.destroy()
      }
    },
    close,
  }
}
