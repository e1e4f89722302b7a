import { memoryStore } from '@mcp-tether/store'
import { afterEach, describe, expect, it } from 'vitest'
import type { ServerSessionEvent } from './index.js'
import { messagesIn, open, post } from './raw-requests.fixture.js'
import { connect, startReplicas, type Major } from './replicas.fixture.js'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const alice = { authorization: 'Bearer alice' }
const version = { 'mcp-protocol-version': '2025-11-25' }
const where = { id: 2, method: 'tools/call', params: { name: 'where' } }

describe.each(['v1', 'v2'] as Major[])('server %s: unknownSessions', (major) => {
  async function bench(options: Parameters<typeof startReplicas>[2] = { unknownSessions: 'recreate' }, replicas = 1) {
    const store = memoryStore()
    const events: ServerSessionEvent[] = []
    const started = await startReplicas(major, Array(replicas).fill(store), {
      instrument: (event) => events.push(event),
      ...options,
    })
    ends.push(() => started.close())
    const call = async (id: string, headers: Record<string, string> = alice) => {
      const answer = await post(started.url, where, { 'mcp-session-id': id, ...version, ...headers })
      const [message] = messagesIn(await answer.text())
      return { status: answer.status, id: answer.headers.get('mcp-session-id'), message }
    }
    return { started, url: started.url, store, events, call }
  }
  const answered = (id: string) => ({ status: 200, id, message: { id: 2, result: expect.anything() as unknown } })

  it('are refused by default, also with a principal', async () => {
    const { call, store } = await bench({})
    expect((await call('forgotten')).status).toBe(404)
    expect(await store.sessions.get('forgotten')).toBeUndefined()
  })

  it('are made again under their id, once for many calls and replicas, and stay', async () => {
    const rehydrated: unknown[] = []
    const { call, events, store } = await bench(
      {
        unknownSessions: 'recreate',
        rehydrate: ({ sessionId, isRecreated, initialize }) =>
          void rehydrated.push([sessionId, isRecreated, initialize.capabilities]),
      },
      2,
    )
    const answers = await Promise.all(Array.from({ length: 10 }, () => call('forgotten')))
    for (const answer of answers) expect(answer).toMatchObject(answered('forgotten'))
    const made = events.map(({ type }) => type).sort()
    expect(made.filter((type) => type === 'server-session-recreated')).toHaveLength(1)
    expect(made.filter((type) => type === 'server-session-restored').length).toBeLessThanOrEqual(1)
    expect(rehydrated).toContainEqual(['forgotten', true, {}])
    expect((await store.sessions.get('forgotten'))?.data).toMatchObject({ protocolVersion: '2025-11-25' })
  })

  it('are not made for nobody, nor for another principal than the one they are of', async () => {
    const { call, url, store } = await bench()
    expect((await call('forgotten', {})).status).toBe(404)
    expect(await store.sessions.get('forgotten')).toBeUndefined()
    expect((await call('forgotten')).status).toBe(200)
    expect((await call('forgotten', { authorization: 'Bearer mallory' })).status).toBe(404)
    const { id } = await open(url, alice)
    expect((await call(id, { authorization: 'Bearer mallory' })).status).toBe(404)
    expect((await call(id)).status).toBe(200)
  })

  it('count towards the limits', async () => {
    const { call, store } = await bench({ unknownSessions: 'recreate', limits: { perPrincipal: 2 } })
    expect([(await call('a')).status, (await call('b')).status, (await call('c')).status]).toEqual([200, 200, 503])
    expect(await store.sessions.get('c')).toBeUndefined()
    expect((await call('a')).status).toBe(200)
  })

  it('are refused where the request does not name a version of the protocol', async () => {
    const { call, store } = await bench()
    // SDK v2 refuses it by itself, before any session is looked for.
    const { status } = await call('odd', { ...alice, 'mcp-protocol-version': 'latest' })
    expect(status).toBe(major === 'v1' ? 404 : 400)
    // A version that the SDK does not know can't be said to it; nothing of the try stays.
    expect((await call('odd', { ...alice, 'mcp-protocol-version': '1999-01-01' })).status).toBeGreaterThanOrEqual(400)
    expect(await store.sessions.get('odd')).toBeUndefined()
    expect((await call('odd')).status).toBe(200)
  })

  it('are not ended by a DELETE, which is refused', async () => {
    const { url, store } = await bench()
    const answer = await fetch(url, { method: 'DELETE', headers: { 'mcp-session-id': 'forgotten', ...alice } })
    expect(answer.status).toBe(404)
    expect(await store.sessions.get('forgotten')).toBeUndefined()
  })

  it('make a client go on whose store was lost', async () => {
    const first = await bench()
    const { client, transport, call } = await connect(major, first.url, 'alice')
    ends.push(() => client.close())
    const id = transport.sessionId ?? ''
    await call('where')
    await first.started.replicas[0]?.sessions.close({ timeout: 100 })
    const second = await bench()
    first.started.choose = () => 0
    first.started.forward = second.started
    expect((await call('where')).content).toEqual([{ type: 'text', text: 'replica 0' }])
    expect(await second.store.sessions.get(id)).toBeDefined()
  })
})
