import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasRedis, startRedis, type RedisServer } from '../packages/store/src/redis/redis-server.fixture.js'
import { rawClients } from './replicas/clients.js'
import { killDuringAQuestion, killDuringPlainCalls, killDuringResumedCalls } from './replicas/kills.js'
import { judge, judgeLostCall } from './replicas/judge.js'
import { Play } from './replicas/play.js'
import { startReplicas } from './replicas/start-replicas.js'

/*
 * Clients that know nothing of us, and no recovery, while the replicas that run their calls are killed: one during plain
 * calls, one while a question is open, two while the client is back at the stream of a call.
 */

const benches = [
  { major: 'v1', store: 'LMDB' },
  { major: 'v2', store: 'LMDB' },
  { major: 'v1', store: 'Redis' },
  { major: 'v2', store: 'Redis' },
] as const

describe.concurrent.each(benches.filter(({ store }) => store !== 'Redis' || hasRedis))(
  'replicas of SDK $major on $store, killed during calls',
  ({ major, store }) => {
    let directory: string
    let redis: RedisServer | undefined

    beforeAll(async () => {
      directory = mkdtempSync(join(tmpdir(), 'tether-killed-'))
      if (store === 'Redis') redis = await startRedis()
    })
    afterAll(async () => {
      await redis?.close()
      rmSync(directory, { recursive: true })
    })

    it.for(rawClients)(
      'a client of $name learns what nobody knows, and nothing else',
      { timeout: 120_000 },
      async (kind, { skip }) => {
        if (kind.whyNot !== undefined) skip(kind.whyNot)
        const file = join(directory, `lines of ${kind.name}`)
        const where = redis === undefined ? join(directory, 'store') : `redis://127.0.0.1:${redis.port}`
        const server = await startReplicas(major, 2, where, file)
        const play = new Play(server, kind)
        try {
          await play.connect()
          await play.add(2, 'before')
          // First: the Python SDK gives a call up when the stream that it came back to breaks twice.
          await killDuringResumedCalls(play)
          await killDuringPlainCalls(play)
          if (!play.isModern) await killDuringAQuestion(play)
          await play.add(4, 'afterwards')
          await play.until('all calls end that can', () => play.open().every(({ line }) => play.canNotEnd(line)))
          await play.until('resumed streams end', () => play.calls.every(({ line }) => !play.isStreamed(line)))

          judge(play, readFileSync(file, 'utf8').split('\n'))
          for (const line of play.isModern ? ['cut', 'lost'] : ['cut', 'question', 'lost']) judgeLostCall(play, line)
          const quiet = play.calls.filter(({ line }) => /^(before|beside|while|after|question again)/.test(line))
          expect(quiet.map((call) => call.outcome())).toEqual(quiet.map(() => ({ text: expect.any(String) as string })))
        } finally {
          await play.close()
          await server.close()
        }
      },
    )
  },
)
