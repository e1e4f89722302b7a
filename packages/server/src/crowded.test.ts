import { memoryStore, type Store } from '@mcp-tether/store'
import { afterEach, expect, it } from 'vitest'
import { accept, messagesIn, open, post } from './raw-requests.fixture.js'
import { startReplicas, type Major } from './replicas.fixture.js'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const ofSession = (id: string) => ({ 'mcp-session-id': id, 'mcp-protocol-version': '2025-11-25' })
const where = { id: 2, method: 'tools/call', params: { name: 'where' } }

/** The SDK's transport, once closed, answers 404: which would tell a client to give up a session that is there. */
it.each(['v1', 'v2'] as Major[])(
  'SDK %s: a server that leaves the memory while a request is on its way to it does not refuse it',
  async (major) => {
    const store = memoryStore()
    let hold: Promise<void> | undefined
    let reached: () => void = () => undefined
    const slow: Store = {
      ...store,
      sessions: {
        ...store.sessions,
        async startRequest(...given) {
          const version = await store.sessions.startRequest(...given)
          const held = hold
          hold = undefined
          reached()
          await held
          return version
        },
      },
    }
    const bench = await startReplicas(major, [slow], { limits: { live: 1 } })
    ends.push(() => bench.close())
    const { id } = await open(bench.url)
    let release: () => void = () => undefined
    hold = new Promise((resolve) => (release = resolve))
    const isReached = new Promise<void>((resolve) => (reached = resolve))
    const answering = post(bench.url, where, ofSession(id))
    await isReached
    // There is room for one server only.
    expect((await open(bench.url)).status).toBe(200)
    release()
    const answer = await answering
    expect(answer.status).toBe(200)
    expect(messagesIn(await answer.text())).toMatchObject([{ id: 2, result: {} }])
  },
)

it.each(['v1', 'v2'] as Major[])('SDK %s: many sessions at once, and room for few servers', async (major) => {
  const bench = await startReplicas(major, [memoryStore()], { limits: { live: 3 } })
  ends.push(() => bench.close())
  const ids = (await Promise.all(Array.from({ length: 60 }, () => open(bench.url)))).map(({ id }) => id)
  for (let round = 0; round < 3; round++) {
    const answers = await Promise.all(ids.map((id) => post(bench.url, where, ofSession(id))))
    expect(answers.map(({ status }) => status)).toEqual(ids.map(() => 200))
    for (const answer of answers) expect(messagesIn(await answer.text())).toMatchObject([{ id: 2, result: {} }])
  }
})

it.each(['v1', 'v2'] as Major[])(
  'SDK %s: where every server is in use another one is refused, and made when there is room',
  async (major) => {
    const store = memoryStore()
    const limits: string[] = []
    const bench = await startReplicas(major, [store, store], {
      limits: { live: 1 },
      instrument: (event) => event.type === 'server-session-limit-reached' && limits.push(event.limit),
    })
    ends.push(() => bench.close())
    bench.choose = () => 1
    const elsewhere = ofSession((await open(bench.url)).id)
    bench.choose = () => 0
    const leaving = new AbortController()
    const stream = await fetch(bench.url, {
      headers: { ...ofSession((await open(bench.url)).id), accept },
      signal: leaving.signal,
    })
    expect(stream.status).toBe(200)
    expect((await open(bench.url)).status).toBe(503)
    const refused = await post(bench.url, where, elsewhere)
    expect([refused.status, refused.headers.get('mcp-not-dispatched')]).toEqual([503, '1'])
    expect(await refused.json()).toMatchObject({ error: { data: { code: 'too_many_live_sessions' } } })
    expect(limits).toEqual(['too_many_live_sessions', 'too_many_live_sessions'])
    leaving.abort()
    await expect.poll(async () => (await post(bench.url, where, elsewhere)).status).toBe(200)
    expect((await open(bench.url)).status).toBe(200)
  },
)
