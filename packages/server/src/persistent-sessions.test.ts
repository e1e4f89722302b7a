import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryStore, type Store } from '@mcp-tether/store'
import { lmdbStore } from '@mcp-tether/store/lmdb'
import { afterEach, describe, expect, it } from 'vitest'
import type { ServerSessionEvent } from './index.js'
import { accept, initializeParams, messagesIn, open, post } from './raw-requests.fixture.js'
import { connect, startReplicas, type Major } from './replicas.fixture.js'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

function lmdb() {
  const directory = mkdtempSync(join(tmpdir(), 'tether-server-'))
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

const majors: Major[] = ['v1', 'v2']
describe.each(majors.flatMap((server) => majors.map((client) => ({ server, client }))))(
  'server $server, client $client',
  ({ server, client: clientMajor }) => {
    it('goes on on any replica, every request on another one', async () => {
      const store = lmdb()
      const bench = await startReplicas(server, [store(), store()])
      ends.push(() => bench.close())
      const { client, transport, call } = await connect(clientMajor, bench.url)
      ends.push(() => client.close())
      const id = transport.sessionId
      const seen = new Set<string>()
      for (let n = 0; n < 6; n++) seen.add(JSON.stringify((await call('where')).content))
      expect(seen.size).toBe(2)
      expect(transport.sessionId).toBe(id)
    })

    it('brings a session back, once for many calls, with what the author and the client had said', async () => {
      const store = lmdb()
      const first = await startReplicas(server, [store()])
      const { client, transport } = await connect(clientMajor, first.url)
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- sessions have it
      await client.setLoggingLevel('error')
      const id = transport.sessionId ?? ''
      await client.close()
      await first.close()

      const events: ServerSessionEvent[] = []
      const restored: unknown[] = []
      const second = await startReplicas(server, [store()], {
        instrument: (event) => events.push(event),
        rehydrate: ({ sessionId, logLevel, initialize }) =>
          void restored.push([sessionId, logLevel, initialize.clientInfo]),
      })
      ends.push(() => second.close())
      const headers = { 'mcp-session-id': id, 'mcp-protocol-version': '2025-11-25' }
      const answers = await Promise.all(
        Array.from({ length: 10 }, async (_, n) => {
          const answer = await post(
            second.url,
            { id: n + 10, method: 'tools/call', params: { name: 'where' } },
            headers,
          )
          return [answer.status, answer.headers.get('mcp-session-id'), (await answer.text()).includes('replica 0')]
        }),
      )
      expect(answers).toEqual(Array(10).fill([200, id, true]))
      expect(restored).toEqual([[id, 'error', { name: 'client', version: '1' }]])
      expect(events.map(({ type }) => type)).toEqual(['server-session-restored'])
    })

    it('sends notifications to the stream, from any replica', async () => {
      const store = lmdb()
      const bench = await startReplicas(server, [store(), store()])
      ends.push(() => bench.close())
      // The stream is on the first, everything else on the second.
      bench.choose = ({ method }) => (method === 'GET' ? 0 : 1)
      const heard: string[] = []
      let tell: () => void = () => undefined
      const { client, transport } = await connect(clientMajor, bench.url)
      ends.push(() => client.close())
      client.fallbackNotificationHandler = ({ method, params }: { method: string; params?: unknown }) => {
        heard.push(JSON.stringify([method, params]))
        tell()
        return Promise.resolve()
      }
      const wait = (count: number) =>
        new Promise<void>((resolve) => {
          tell = () => {
            if (heard.length >= count) resolve()
          }
          tell()
        })
      const id = transport.sessionId ?? ''
      expect(await bench.replicas[1]?.sessions.notify(id, { method: 'notifications/one', params: { n: 1 } })).toBe(true)
      expect(await bench.replicas[1]?.sessions.notify('another', { method: 'notifications/one' })).toBe(false)
      await wait(1)
      await bench.replicas[1]?.sessions.broadcast({ method: 'notifications/all' })
      await wait(2)
      expect(heard).toEqual(['["notifications/one",{"n":1}]', '["notifications/all",null]'])
    })
  },
)

describe.each(majors)('server %s', (major) => {
  async function bench(options: Parameters<typeof startReplicas>[2] = {}) {
    const store = memoryStore()
    const started = await startReplicas(major, [store], options)
    ends.push(() => started.close())
    return { ...started, store }
  }

  it('refuses an id that nobody knows, and says that nothing was dispatched', async () => {
    const { url } = await bench()
    for (const id of ['guess', 'x'.repeat(10_240), 'ü'.slice(1) + '%00', '../../x']) {
      const answer = await post(url, { id: 1, method: 'ping' }, { 'mcp-session-id': id })
      expect(answer.status).toBe(404)
      expect(answer.headers.get('mcp-not-dispatched')).toBe('1')
      expect(await answer.json()).toEqual({
        jsonrpc: '2.0',
        error: { code: -32001, message: 'Session not found' },
        id: null,
      })
    }
    expect((await post(url, { id: 1, method: 'ping' })).status).toBe(400)
  })

  it('mints ids of more than 128 random bits', async () => {
    const { url } = await bench()
    const ids = await Promise.all(Array.from({ length: 20 }, async () => (await open(url)).id))
    expect(new Set(ids).size).toBe(20)
    for (const id of ids) expect(Buffer.from(id, 'base64url')).toHaveLength(24)
  })

  it('belongs to its principal: a thief gets what a session gets that never existed', async () => {
    const { url, store } = await bench()
    const owner = { authorization: 'Bearer alice' }
    const { id } = await open(url, owner)
    const ping = (headers: Record<string, string>, sessionId = id) =>
      post(url, { id: 2, method: 'ping' }, { 'mcp-session-id': sessionId, ...headers })
    const stranger = await ping({ authorization: 'Bearer mallory' }, 'never')
    const expected = { status: 404, body: await stranger.text() }
    const thefts = [
      () => ping({ authorization: 'Bearer mallory' }),
      () => ping({}),
      () => ping(owner, id.slice(0, -1) + (id.endsWith('A') ? 'B' : 'A')),
      () => fetch(url, { headers: { accept, 'mcp-session-id': id, authorization: 'Bearer mallory' } }),
      () => fetch(url, { method: 'DELETE', headers: { 'mcp-session-id': id, authorization: 'Bearer mallory' } }),
    ]
    for (const theft of thefts) {
      const answer = await theft()
      expect({ status: answer.status, body: await answer.text() }).toEqual(expected)
    }
    expect((await ping(owner)).status).toBe(200)
    const remove = () => fetch(url, { method: 'DELETE', headers: { 'mcp-session-id': id, ...owner } })
    expect((await remove()).status).toBe(200)
    expect((await remove()).status).toBe(404)
    expect((await ping(owner)).status).toBe(404)
    expect(await store.sessions.get(id)).toBeUndefined()
  })

  it('has limits, of one principal and in all', async () => {
    const { url } = await bench({ limits: { perPrincipal: 1, total: 2 } })
    const as = (token: string) => ({ authorization: `Bearer ${token}` })
    const { id } = await open(url, as('alice'))
    const refused = await post(url, { id: 1, method: 'initialize', params: initializeParams }, as('alice'))
    expect(refused.status).toBe(503)
    expect(await refused.json()).toMatchObject({ error: { data: { code: 'too_many_sessions_of_principal' } } })
    expect((await open(url, as('bob'))).status).toBe(200)
    expect((await open(url, as('carol'))).status).toBe(503)
    await fetch(url, { method: 'DELETE', headers: { 'mcp-session-id': id, ...as('alice') } })
    expect((await open(url, as('carol'))).status).toBe(200)
  })

  it('ends when nobody uses it', async () => {
    const { url } = await bench({ ttl: { idle: 50 } })
    const { id } = await open(url)
    await expect
      .poll(async () => (await post(url, { id: 2, method: 'ping' }, { 'mcp-session-id': id })).status, {
        interval: 100,
      })
      .toBe(404)
  })

  it('uses the bus once for a broadcast, and not at all for a notification whose stream is here', async () => {
    const store = memoryStore()
    const published: unknown[] = []
    const counting: Store = {
      ...store,
      bus: {
        ...store.bus,
        publish: (sessionId, message) => {
          published.push(message)
          return store.bus.publish(sessionId, message)
        },
      },
    }
    const started = await startReplicas(major, [counting])
    ends.push(() => started.close())
    const { url, replicas } = started
    const readers = await Promise.all(
      [1, 2, 3].map(async () => {
        const { id } = await open(url)
        const stream = await fetch(url, { headers: { accept, 'mcp-session-id': id } })
        return { id, reader: stream.body?.getReader() }
      }),
    )
    const heard = (reader: (typeof readers)[0]['reader']) =>
      reader?.read().then(({ value }) => messagesIn(Buffer.from(value ?? '').toString()))
    published.length = 0
    await replicas[0]?.sessions.broadcast({ method: 'notifications/all' })
    for (const { reader } of readers) expect(await heard(reader)).toMatchObject([{ method: 'notifications/all' }])
    for (const { id } of readers) await replicas[0]?.sessions.notify(id, { method: 'notifications/one' })
    for (const { reader } of readers) expect(await heard(reader)).toMatchObject([{ method: 'notifications/one' }])
    expect(published).toMatchObject([{ type: 'broadcast' }])
  })
})
