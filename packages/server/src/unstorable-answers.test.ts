import { memoryStore, StoreError, type Store } from '@mcp-tether/store'
import { McpServer as ServerV1 } from '@modelcontextprotocol/sdk/server/mcp.js'
import { McpServer as ServerV2 } from '@modelcontextprotocol/server'
import { afterEach, describe, expect, it } from 'vitest'
import { accept, messagesIn, open, post } from './raw-requests.fixture.js'
import { startReplicas, type Major } from './replicas.fixture.js'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const version = { 'mcp-protocol-version': '2025-11-25' }
const idsOf = (text: string) => [...text.matchAll(/^id: (.*)$/gm)].map(([, id]) => id ?? '')

/** More than a store takes as one event. */
const hugeText = 'x'.repeat(17 * 1024 * 1024)

function withHugeAnswer(major: Major) {
  const info = { name: 'test', version: '1' }
  const huge = () => ({ content: [{ type: 'text' as const, text: hugeText }] })
  if (major === 'v1') {
    const server = new ServerV1(info)
    server.registerTool('huge', {}, huge)
    return server
  }
  const server = new ServerV2(info)
  server.registerTool('huge', {}, huge)
  return server
}

describe.each(['v1', 'v2'] as Major[])('server %s: an answer that is too large for the store', (major) => {
  it('reaches the client that waits for it; who comes back for it is told that it was not kept', async () => {
    const failures: unknown[] = []
    const bench = await startReplicas(major, [memoryStore()], {
      createServer: () => withHugeAnswer(major),
      instrument: (event) => {
        if (event.type === 'server-store-failed') failures.push(StoreError.isInstance(event.error) && event.error.code)
      },
    })
    ends.push(() => bench.close())
    const { id } = await open(bench.url)
    const headers = { ...version, 'mcp-session-id': id }
    const answer = await post(bench.url, { id: 7, method: 'tools/call', params: { name: 'huge' } }, headers)
    const text = await answer.text()
    const [message] = messagesIn(text) as { id: number; result: { content: { text: string }[] } }[]
    expect([message?.id, message?.result.content[0]?.text.length]).toEqual([7, hugeText.length])
    expect(failures).toEqual(['too_large'])

    const resumed = await fetch(bench.url, { headers: { ...headers, accept, 'last-event-id': idsOf(text)[0] ?? '' } })
    expect(messagesIn(await resumed.text())).toMatchObject([{ id: 7, error: { data: { code: 'outcome_unknown' } } }])
  })
})

const away = () => Promise.reject(new StoreError('store_unavailable', 'away'))

/** A store that is away for what follows a call, from the call on. */
function fragile(store: Store) {
  const state = { isAway: false }
  const fragileStore: Store = {
    ...store,
    sessions: {
      ...store.sessions,
      finishRequest: (...given) => (state.isAway ? away() : store.sessions.finishRequest(...given)),
    },
    events: (sessionId) => {
      const events = store.events(sessionId)
      return {
        ...events,
        storeEvent: (...given) => (state.isAway ? away() : events.storeEvent(...given)),
        append: (streamId, message) =>
          state.isAway ? { eventId: `${streamId}~lost.1`, stored: away() } : events.append(streamId, message),
      }
    },
  }
  return { state, fragileStore }
}

describe.each(['v1', 'v2'] as Major[])('server %s: an answer that the store was away for', (major) => {
  async function answered() {
    const store = memoryStore()
    const { state, fragileStore } = fragile(store)
    const bench = await startReplicas(major, [fragileStore, store])
    ends.push(() => bench.close())
    bench.choose = () => 0
    const { id } = await open(bench.url)
    const headers = { ...version, 'mcp-session-id': id }
    const notes = () => store.sessions.requestsInFlight(id)
    await expect.poll(notes).toEqual([])
    state.isAway = true
    const answer = await post(bench.url, { id: 7, method: 'tools/call', params: { name: 'where' } }, headers)
    const text = await answer.text()
    expect(messagesIn(text)).toMatchObject([{ id: 7, result: {} }])
    const resume = async (replica: number) => {
      bench.choose = () => replica
      const resumed = await fetch(bench.url, { headers: { ...headers, accept, 'last-event-id': idsOf(text)[0] ?? '' } })
      return messagesIn(await resumed.text())
    }
    return { state, notes, resume }
  }
  const lost = [{ id: 7, error: { data: { code: 'outcome_unknown' } } }]

  it('is known not to be kept, from any replica, as soon as the store is back', async () => {
    const { state, notes, resume } = await answered()
    expect(await notes()).toHaveLength(1)
    state.isAway = false
    await expect.poll(notes, { timeout: 10_000 }).toEqual([])
    expect(await resume(0)).toMatchObject(lost)
    expect(await resume(1)).toMatchObject(lost)
  })

  it('is said to be lost to a client that comes back to its replica at once', async () => {
    const { state, resume } = await answered()
    state.isAway = false
    expect(await resume(0)).toMatchObject(lost)
  })
})
