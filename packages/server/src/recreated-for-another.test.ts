import { memoryStore, type Store } from '@mcp-tether/store'
import { afterEach, describe, expect, it } from 'vitest'
import { accept, open, post } from './raw-requests.fixture.js'
import { startReplicas, type Major } from './replicas.fixture.js'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const idle = 60_000
const ping = { id: 2, method: 'ping' }

/** A process that the bus does not reach. */
const deaf = (store: Store): Store => ({
  ...store,
  bus: { ...store.bus, subscribe: () => Promise.resolve(() => undefined) },
})

/** Alice's session is in the memory of replica 0 when its time ends; Bob uses its id on replica 1. */
async function takenOver(major: Major, heard: (store: Store) => Store = (store) => store) {
  let passed = 0
  const store = memoryStore({ now: () => Date.now() + passed })
  const bench = await startReplicas(major, [heard(store), store], { unknownSessions: 'recreate', ttl: { idle } })
  ends.push(() => bench.close())
  bench.choose = () => 0
  const { id } = await open(bench.url, { authorization: 'Bearer alice' })
  const headersOf = (name: string) => ({
    authorization: `Bearer ${name}`,
    'mcp-session-id': id,
    'mcp-protocol-version': '2025-11-25',
  })
  const listen = (name: string, lastEventId?: string) =>
    fetch(bench.url, {
      headers: { ...headersOf(name), accept, ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }) },
    })
  const events = store.events(id)
  const eventId = await events.storeEvent('_GET_stream', { jsonrpc: '2.0', method: 'notifications/of-alice' })
  return {
    bench,
    events,
    eventId,
    listen,
    store,
    id,
    send: (name: string, message: object) => post(bench.url, message, headersOf(name)),
    takeOver: async () => {
      passed += idle + 1
      bench.choose = () => 1
      expect((await post(bench.url, ping, headersOf('bob'))).status).toBe(200)
    },
  }
}

describe.each(['v1', 'v2'] as Major[])('server %s: an id that is made again for somebody else', (major) => {
  it.each(['call', 'notification', 'stream'])('refuses a %s of the one before', async (kind) => {
    const { bench, send, listen, takeOver, store, id } = await takenOver(major, deaf)
    await takeOver()
    bench.choose = () => 0
    const answer =
      kind === 'call'
        ? await send('alice', ping)
        : kind === 'notification'
          ? await send('alice', { method: 'notifications/roots/list_changed' })
          : await listen('alice')
    expect(answer.status).toBe(404)
    expect(await store.sessions.requestsInFlight(id)).toEqual([])
    expect((await send('alice', ping)).status).toBe(404)
    expect((await send('bob', ping)).status).toBe(200)
  })

  it('serves the new one also where the one before is still in memory', async () => {
    const { bench, send, takeOver } = await takenOver(major, deaf)
    await takeOver()
    bench.choose = () => 0
    expect((await send('bob', ping)).status).toBe(200)
    expect((await send('alice', ping)).status).toBe(404)
  })

  it('shows the new one no event of the one before', async () => {
    const { listen, takeOver, eventId, events } = await takenOver(major)
    await takeOver()
    expect((await events.readFromStart('_GET_stream')).events).toEqual([])
    expect((await listen('bob', eventId)).status).toBe(400)
  })

  it('ends the stream of the one before', async () => {
    const { listen, takeOver, bench } = await takenOver(major)
    const stream = await listen('alice')
    expect(stream.status).toBe(200)
    await takeOver()
    await bench.replicas[1]?.sessions.broadcast({ method: 'notifications/of-bob' })
    expect(await stream.text()).not.toContain('of-bob')
  })
})
