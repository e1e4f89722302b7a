import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { redisStore } from '@mcp-tether/store/redis'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { hasRedis, redisCli, startRedis } from '../../store/src/redis/redis-server.fixture.js'
import { startTcpProxy } from '../../store/src/redis/tcp-proxy.fixture.js'
import { accept, expectUnavailable, initializeParams, messagesIn, open, post } from './raw-requests.fixture.js'
import { connect, startReplicas, type Major } from './replicas.fixture.js'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

function redis(url: string, timeout: number) {
  const store = redisStore(url, { timeout })
  ends.push(() => store.close())
  return store
}

const where = { id: 2, method: 'tools/call', params: { name: 'where' } }
const version = { 'mcp-protocol-version': '2025-11-25' }

describe.skipIf(!hasRedis).each(['v1', 'v2'] as Major[])('server %s on Redis', (major) => {
  async function bench(timeout: number) {
    const server = await startRedis()
    ends.push(() => server.close())
    const proxy = await startTcpProxy(server.port)
    ends.push(() => proxy.close())
    const url = `redis://127.0.0.1:${proxy.port}`
    const replicas = await startReplicas(major, [redis(url, timeout), redis(url, timeout)])
    ends.push(() => replicas.close())
    return { server, proxy, replicas, url: replicas.url }
  }

  it('that is restarted under it: calls wait, sessions and streams are there afterwards', async () => {
    const { server, replicas, url } = await bench(10_000)
    const { client, transport, call } = await connect(major, url)
    ends.push(() => client.close())
    await call('where')
    const id = transport.sessionId ?? ''
    await server.stop('SIGKILL')
    const calls = Array.from({ length: 4 }, () => call('where'))
    await server.start()
    for (const answer of await Promise.all(calls)) expect(answer.content).toHaveLength(1)
    expect(transport.sessionId).toBe(id)
    const heard = new Promise((resolve) => {
      client.fallbackNotificationHandler = ({ method }: { method: string }) => {
        resolve(method)
        return Promise.resolve()
      }
    })
    expect(await replicas.replicas[0]?.sessions.notify(id, { method: 'notifications/hello' })).toBe(true)
    expect(await heard).toBe('notifications/hello')
  })

  it.each(['closed', 'silent'] as const)(
    'whose connection is %s: 503 and when to come back, never a wrong answer, and all is well afterwards',
    async (state) => {
      const { proxy, replicas, url } = await bench(300)
      const { id } = await open(url)
      const headers = { ...version, 'mcp-session-id': id }
      expect((await post(url, where, headers)).status).toBe(200)
      proxy.set(state)
      const initialize = { id: 1, method: 'initialize', params: initializeParams }
      // A session that is there, one that nobody knows, a new one, a stream, an end: of none can be told what is true.
      await expectUnavailable(await post(url, where, headers))
      await expectUnavailable(await post(url, where, { ...version, 'mcp-session-id': 'guessed' }))
      await expectUnavailable(await post(url, initialize))
      await expectUnavailable(await fetch(url, { headers: { accept, ...headers } }))
      await expectUnavailable(await fetch(url, { method: 'DELETE', headers }))
      proxy.set('open')
      const { choose } = replicas
      for (const n of [0, 1]) {
        replicas.choose = () => n
        await vi.waitFor(
          async () => {
            expect((await post(url, where, headers)).status).toBe(200)
          },
          { timeout: 20_000 },
        )
      }
      replicas.choose = choose
      expect((await post(url, where, { ...version, 'mcp-session-id': 'guessed' })).status).toBe(404)
      const again = await open(url)
      expect(again.status).toBe(200)
      expect((await fetch(url, { method: 'DELETE', headers })).status).toBe(200)
      expect((await post(url, where, headers)).status).toBe(404)
    },
  )

  it('a call that runs while the connection is cut is answered, and its answer can be had again', async () => {
    const { proxy, url } = await bench(5000)
    const { id } = await open(url)
    const headers = { ...version, 'mcp-session-id': id }
    const answering = await post(url, { id: 3, method: 'tools/call', params: { name: 'slow' } }, headers)
    proxy.set('closed')
    const text = await answering.text()
    expect(messagesIn(text)).toMatchObject([{ id: 3, result: { content: [{ type: 'text' }] } }])
    proxy.set('open')
    const [first = ''] = /(?<=^id: ).*$/m.exec(text) ?? []
    await vi.waitFor(
      async () => {
        const resumed = await fetch(url, { headers: { accept, ...headers, 'last-event-id': first } })
        expect(messagesIn(await resumed.text())).toMatchObject([{ id: 3, result: {} }])
      },
      { timeout: 20_000, interval: 200 },
    )
  })
})

describe.skipIf(!hasRedis)('Sentinel under a server', () => {
  it('fails over to a replica: the sessions go on', { timeout: 90_000 }, async () => {
    const master = await startRedis()
    ends.push(() => master.close())
    const following = ['--replicaof', '127.0.0.1', String(master.port), '--repl-diskless-sync-delay', '0']
    const replica = await startRedis(following)
    ends.push(() => replica.close())
    const folder = mkdtempSync(join(tmpdir(), 'tether-sentinel-'))
    const sentinels = await Promise.all(
      [0, 1, 2].map((n) => {
        const file = join(folder, `${n}.conf`)

        const settings = [
          `sentinel monitor main 127.0.0.1 ${master.port} 2`,
          'sentinel down-after-milliseconds main 500',
        ]
        writeFileSync(file, [...settings, 'sentinel failover-timeout main 3000', ''].join('\n'))
        return startRedis([file], { mode: 'sentinel' })
      }),
    )
    ends.push(async () => {
      await Promise.all(sentinels.map((sentinel) => sentinel.close()))
      rmSync(folder, { recursive: true })
    })
    await vi.waitFor(
      () => {
        expect(redisCli(replica.port, 'INFO', 'replication')).toContain('master_link_status:up')
        for (const { port } of sentinels) {
          const seen = redisCli(port, 'SENTINEL', 'MASTER', 'main')
          expect(seen).toMatch(/num-slaves\s+1\s/)
          expect(seen).toMatch(/num-other-sentinels\s+2\s/)
        }
      },
      { timeout: 30_000, interval: 200 },
    )
    const hosts = sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')
    const url = `redis-sentinel://${hosts}/main`
    const replicas = await startReplicas('v2', [redis(url, 30_000), redis(url, 30_000)])
    ends.push(() => replicas.close())
    const { client, transport, call } = await connect('v2', replicas.url)
    ends.push(() => client.close())
    await call('where')
    const id = transport.sessionId
    expect(redisCli(master.port, 'WAIT', '1', '5000').trim()).toBe('1')

    await master.stop('SIGKILL')
    // Sent at once: they wait for the replica to take over.
    for (const answer of await Promise.all([call('where'), call('where')])) expect(answer.content).toHaveLength(1)
    expect(redisCli(replica.port, 'INFO', 'replication')).toContain('role:master')
    expect(transport.sessionId).toBe(id)
  })
})
