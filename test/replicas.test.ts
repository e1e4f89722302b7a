import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasRedis, startRedis, type RedisServer } from '../packages/store/src/redis/redis-server.fixture.js'
import { rawClients } from './replicas/clients.js'
import { startReplicas, type ReplicatedServer } from './replicas/start-replicas.js'

/*
 * Clients that know nothing of us, and no recovery, on replicas without any stickiness: every single request goes to
 * another process than the one before.
 */

const benches = [
  { major: 'v1', store: 'LMDB', count: 2 },
  { major: 'v2', store: 'Redis', count: 2 },
  { major: 'v2', store: 'LMDB', count: 4 },
  { major: 'v1', store: 'Redis', count: 4 },
] as const

describe.each(benches.filter(({ store }) => store !== 'Redis' || hasRedis))(
  '$count replicas of SDK $major on $store',
  ({ major, store, count }) => {
    let directory: string
    let redis: RedisServer | undefined
    let server: ReplicatedServer
    const file = () => join(directory, 'lines')
    const lines = () => readFileSync(file(), 'utf8').split('\n').slice(0, -1)

    beforeAll(async () => {
      directory = mkdtempSync(join(tmpdir(), 'tether-replicas-'))
      if (store === 'Redis') redis = await startRedis()
      const where = redis === undefined ? join(directory, 'store') : `redis://127.0.0.1:${redis.port}`
      server = await startReplicas(major, count, where, file())
    }, 60_000)
    afterAll(async () => {
      await server.close()
      await redis?.close()
      rmSync(directory, { recursive: true })
    })

    it.for(rawClients)(
      'a client of $name notices nothing, also when all of them are killed between its calls',
      { timeout: 90_000 },
      async ({ name, connect, whyNot }, { skip }) => {
        if (whyNot !== undefined) skip(whyNot)
        writeFileSync(file(), '')
        server.balancer.seen.length = 0
        const client = await connect(server.url)
        try {
          const places = new Set<string>()
          for (let n = 0; n < 4 * count; n++) places.add(await client.call('where'))
          expect(places.size).toBe(count)
          // ai-sdk speaks the modern era, which knows no session and no question, where the server does.
          const isModern = server.balancer.seen.every(({ sessionId }) => sessionId === undefined)
          expect(isModern).toBe(name === 'ai-sdk' && major === 'v2')
          // The answer to a question comes to another process than the one that asks.
          if (!isModern) expect(await client.call('ask', { line: 'asked' })).toBe('accept')
          const wanted = Array.from({ length: 2 * count }, (_, n) => `line ${n}`)
          await Promise.all(wanted.map((line) => client.call('add', { line })))
          expect(lines().sort()).toEqual([...(isModern ? [] : ['asked']), ...wanted].sort())

          await server.replaceAll()
          const later = new Set<string>()
          for (let n = 0; n < 2 * count; n++) later.add(await client.call('where'))
          for (const place of later) expect(places).not.toContain(place)
          if (!isModern) expect(await client.call('ask', { line: 'asked again' })).toBe('accept')
          await client.call('add', { line: 'afterwards' })
          expect(lines()).toHaveLength(wanted.length + (isModern ? 1 : 3))

          const onSession = server.balancer.seen.filter(({ sessionId }) => sessionId !== undefined)
          expect(new Set(onSession.map(({ sessionId }) => sessionId)).size).toBe(isModern ? 0 : 1)
          const refused = onSession.filter(({ status }) => status !== undefined && status >= 400)
          expect(refused).toEqual([])
        } finally {
          await client.close()
        }
      },
    )
  },
)
