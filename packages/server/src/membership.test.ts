import { memoryStore, type Store } from '@mcp-tether/store'
import { afterEach, expect, it } from 'vitest'
import { accept, open, post } from './raw-requests.fixture.js'
import { startReplicas } from './replicas.fixture.js'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

const version = { 'mcp-protocol-version': '2025-11-25' }

/** As after a power cut on LMDB, or when the time of a member is over: nobody is counted. */
const uncounted = (store: Store): Store => ({
  ...store,
  sessions: { ...store.sessions, admit: () => Promise.resolve(true) },
})

it.each(['POST', 'GET'])('a session that counted no more counts again when a %s brings it back', async (method) => {
  const store = memoryStore()
  const bench = await startReplicas('v2', [uncounted(store), store], { limits: { total: 1 } })
  ends.push(() => bench.close())
  bench.choose = () => 0
  const { id } = await open(bench.url)
  bench.choose = () => 1
  const headers = { ...version, 'mcp-session-id': id }
  const answer =
    method === 'POST'
      ? await post(bench.url, { id: 2, method: 'ping' }, headers)
      : await fetch(bench.url, { headers: { ...headers, accept } })
  expect(answer.status).toBe(200)
  expect((await open(bench.url)).status).toBe(503)
})
