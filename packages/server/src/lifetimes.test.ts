import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryStore } from '@mcp-tether/store'
import { lmdbStore } from '@mcp-tether/store/lmdb'
import { afterEach, describe, expect, it } from 'vitest'
import { accept, initializeParams, open, post } from './raw-requests.fixture.js'
import { buildServer, startReplicas, type Major } from './replicas.fixture.js'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

function lmdb() {
  const directory = mkdtempSync(join(tmpdir(), 'tether-lifetimes-'))
  ends.push(() => {
    rmSync(directory, { recursive: true, force: true })
    return Promise.resolve()
  })
  return () => {
    const store = lmdbStore(directory)
    ends.push(() => store.close())
    return store
  }
}

const version = { 'mcp-protocol-version': '2025-11-25' }
const ping = { id: 2, method: 'ping' }

describe.each(['v1', 'v2'] as Major[])('server %s', (major) => {
  it('ends a session at its absolute time, though it is used and in memory', async () => {
    const bench = await startReplicas(major, [memoryStore()], { ttl: { absolute: 2000 } })
    ends.push(() => bench.close())
    const began = Date.now()
    const { id } = await open(bench.url)
    const headers = { ...version, 'mcp-session-id': id }
    const statuses: number[] = []
    while (Date.now() - began < 10_000 && statuses.at(-1) !== 404) {
      const answer = await post(bench.url, ping, headers)
      await answer.text()
      statuses.push(answer.status)
    }
    expect(Date.now() - began).toBeGreaterThanOrEqual(2000)
    expect(new Set(statuses)).toEqual(new Set([200, 404]))
    expect((await post(bench.url, ping, headers)).status).toBe(404)
  })

  it('lets a server that nobody uses out of memory, and brings it back', async () => {
    const types: string[] = []
    const bench = await startReplicas(major, [memoryStore()], {
      ttl: { live: 20 },
      instrument: ({ type }) => types.push(type),
    })
    ends.push(() => bench.close())
    const { id } = await open(bench.url)
    const headers = { ...version, 'mcp-session-id': id }
    await expect
      .poll(
        async () => {
          expect((await post(bench.url, ping, headers)).status).toBe(200)
          return types
        },
        { interval: 100 },
      )
      .toContain('server-session-restored')
    // It was not ended: nobody is told that it was.
    expect(types).not.toContain('server-session-closed')
  })

  it('keeps no more servers in memory than it may, and serves more sessions than that', async () => {
    const types: string[] = []
    const bench = await startReplicas(major, [memoryStore()], {
      limits: { live: 3 },
      instrument: ({ type }) => types.push(type),
    })
    ends.push(() => bench.close())
    const ids: string[] = []
    for (let n = 0; n < 6; n++) ids.push((await open(bench.url)).id)
    for (const id of ids) {
      const answer = await post(bench.url, ping, { ...version, 'mcp-session-id': id })
      await answer.text()
      expect(answer.status).toBe(200)
    }
    expect(types.filter((type) => type === 'server-session-restored').length).toBeGreaterThanOrEqual(3)
  })

  it('counts sessions over all replicas', async () => {
    const store = lmdb()
    const bench = await startReplicas(major, [store(), store()], { limits: { total: 3 } })
    ends.push(() => bench.close())
    const opened = []
    for (let n = 0; n < 5; n++) opened.push((await open(bench.url)).status)
    expect(opened).toEqual([200, 200, 200, 503, 503])
    const refused = await post(bench.url, { id: 1, method: 'initialize', params: initializeParams })
    expect(refused.headers.get('retry-after')).toBe('60')
    expect(await refused.json()).toEqual({
      jsonrpc: '2.0',
      id: null,
      error: {
        code: -32012,
        message: 'The server has as many sessions as are allowed. End one, or try again later.',
        data: { code: 'too_many_sessions' },
      },
    })
  })

  it('a DELETE removes it everywhere: record, notes, events, place, stream, and the servers of all replicas', async () => {
    const store = lmdb()
    const stores = [store(), store()] as const
    const closed: string[] = []
    const bench = await startReplicas(major, stores, {
      limits: { total: 1 },
      instrument: ({ type }) => {
        if (type === 'server-session-closed') closed.push(type)
      },
    })
    ends.push(() => bench.close())
    const { id } = await open(bench.url)
    const headers = { ...version, 'mcp-session-id': id }
    bench.choose = () => 0
    const stream = await fetch(bench.url, { headers: { ...headers, accept } })
    expect(stream.status).toBe(200)
    for (const n of [0, 1]) {
      bench.choose = () => n
      await (await post(bench.url, ping, headers)).text()
    }
    const running = await post(bench.url, { id: 3, method: 'tools/call', params: { name: 'slow' } }, headers)
    bench.choose = () => 1
    expect((await fetch(bench.url, { method: 'DELETE', headers })).status).toBe(200)
    // The stream is on the other replica, and ends there.
    await Promise.all([stream.text(), running.text()])
    await expect.poll(() => closed.length).toBe(2)
    expect(await stores[0].sessions.get(id)).toBeUndefined()
    expect(await stores[0].sessions.requestsInFlight(id)).toEqual([])
    expect((await stores[0].events(id).readFromStart('_GET_stream')).events).toEqual([])
    for (const n of [0, 1]) {
      bench.choose = () => n
      expect((await post(bench.url, ping, headers)).status).toBe(404)
    }
    expect((await open(bench.url)).status).toBe(200)
  })
})

it.each(['deleted where nobody is told of it', 'over'])(
  'ends the standalone stream of a session that is %s',
  async (how) => {
    const store = memoryStore()
    const bench = await startReplicas('v2', [store], how === 'over' ? { ttl: { idle: 1000 } } : {})
    ends.push(() => bench.close())
    const { id } = await open(bench.url)
    const stream = await fetch(bench.url, { headers: { ...version, accept, 'mcp-session-id': id } })
    expect(stream.status).toBe(200)
    if (how !== 'over') await store.sessions.delete(id)
    // It ends by itself.
    await stream.text()
    expect((await post(bench.url, ping, { ...version, 'mcp-session-id': id })).status).toBe(404)
  },
)

it('tells the other replicas of a DELETE before the author cleans up, which takes its time', async () => {
  const inOrder: string[] = []
  const store = memoryStore()
  const publish: typeof store.bus.publish = (to, notice) => {
    inOrder.push('others are told')
    return store.bus.publish(to, notice)
  }
  const bench = await startReplicas('v2', [{ ...store, bus: { ...store.bus, publish } }], {
    createServer: () => {
      const server = buildServer('v2', 'replica')
      const close = server.close.bind(server)
      server.close = () => {
        inOrder.push('clean-up begins')
        return close()
      }
      return server
    },
  })
  ends.push(() => bench.close())
  const headers = { ...version, 'mcp-session-id': (await open(bench.url)).id }
  inOrder.length = 0
  expect((await fetch(bench.url, { method: 'DELETE', headers })).status).toBe(200)
  expect(inOrder.slice(0, 2)).toEqual(['others are told', 'clean-up begins'])
})
