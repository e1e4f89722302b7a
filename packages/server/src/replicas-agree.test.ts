import { memoryStore, type Store } from '@mcp-tether/store'
import { McpServer } from '@modelcontextprotocol/server'
import { afterEach, expect, it } from 'vitest'
import { connect, startReplicas } from './replicas.fixture.js'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** A server that takes a while for a subscription, and says what it knows of. */
function remembering() {
  const server = new McpServer(
    { name: 'test', version: '1' },
    { capabilities: { logging: {}, resources: { subscribe: true } } },
  )
  const known = new Set<string>()
  server.server.setRequestHandler('logging/setLevel', ({ params }) => {
    known.add(params.level)
    return {}
  })
  server.server.setRequestHandler('resources/subscribe', async ({ params }) => {
    // Until every request that is under way has got this far.
    await new Promise((resolve) => setTimeout(resolve, 50))
    known.add(params.uri)
    return {}
  })
  server.registerTool('known', {}, () => ({ content: [{ type: 'text', text: [...known].sort().join() }] }))
  return server
}

const createServer = remembering as never
const text = (result: { content: unknown }) => (result.content as { text: string }[])[0]?.text

it('keeps a request back until the replica knows what was said to another one', async () => {
  const store = memoryStore()
  const bench = await startReplicas('v2', [store, store], { createServer })
  ends.push(() => bench.close())
  bench.choose = () => 0
  const { client, call } = await connect('v2', bench.url)
  ends.push(() => client.close())
  await call('known')
  bench.choose = () => 1
  await call('known')
  bench.choose = () => 0
  await client.subscribeResource({ uri: 'test://a' })
  bench.choose = () => 1
  const answers = await Promise.all(Array.from({ length: 5 }, () => call('known')))
  expect(answers.map(text)).toEqual(Array(5).fill('test://a'))
})

it('tells a replica of what another one wrote while it wrote itself', async () => {
  const store = memoryStore()
  let others = Promise.resolve<unknown>(undefined)
  let reached: () => void = () => undefined
  const late: Store = {
    ...store,
    sessions: {
      ...store.sessions,
      compareAndSet: async (...given) => {
        reached()
        await others
        return store.sessions.compareAndSet(...given)
      },
    },
  }
  const bench = await startReplicas('v2', [late, store], { createServer })
  ends.push(() => bench.close())
  bench.choose = () => 0
  const { client, call } = await connect('v2', bench.url)
  ends.push(() => client.close())
  bench.choose = (request) => (request.headers['x-replica'] === undefined ? 0 : 1)
  let release: () => void = () => undefined
  others = new Promise<void>((resolve) => {
    release = resolve
  })
  const writing = new Promise<void>((resolve) => {
    reached = resolve
  })
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- sessions have it
  const changing = client.setLoggingLevel('error')
  await writing
  const subscribed = await fetch(bench.url, {
    method: 'POST',
    headers: {
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      'mcp-session-id': (await idOf(client)) ?? '',
      'mcp-protocol-version': '2025-11-25',
      'x-replica': '1',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 'other', method: 'resources/subscribe', params: { uri: 'test://b' } }),
  })
  expect(await subscribed.text()).toContain('"result"')
  release()
  await changing
  expect(text(await call('known'))).toBe('error,test://b')
  bench.choose = () => 1
  expect(text(await call('known'))).toBe('error,test://b')
})

const idOf = (client: { transport?: unknown }) =>
  Promise.resolve((client.transport as { sessionId?: string } | undefined)?.sessionId)
