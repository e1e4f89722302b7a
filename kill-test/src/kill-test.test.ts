import { describe, expect, it } from 'vitest'
import { hasRedis } from '../../packages/store/src/redis/redis-server.fixture.js'
import { killTest } from './run/kill-test.js'

const seed = 20_251_125

async function play(store: 'lmdb' | 'redis', kills: number, signal: AbortSignal) {
  const result = await killTest({ kills, seed, store, signal })
  expect(result.failures.join('\n')).toBe('')
  expect(result.kills).toBe(kills)
}

it(`40 kills on LMDB break no promise (seed ${seed})`, { timeout: 400_000 }, async ({ signal }) => {
  await play('lmdb', 40, signal)
})

describe.skipIf(!hasRedis)('Redis', () => {
  it(`12 kills on Redis break no promise (seed ${seed})`, { timeout: 200_000 }, async ({ signal }) => {
    await play('redis', 12, signal)
  })
})
