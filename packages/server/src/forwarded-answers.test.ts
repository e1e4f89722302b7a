import { memoryStore, StoreError, type Store } from '@mcp-tether/store'
import { McpServer as ServerV1 } from '@modelcontextprotocol/sdk/server/mcp.js'
import { McpServer as ServerV2 } from '@modelcontextprotocol/server'
import { afterEach, describe, expect, it } from 'vitest'
import { initializeParams, messagesIn, post } from './raw-requests.fixture.js'
import { startReplicas, type Major } from './replicas.fixture.js'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** A server with a tool that asks the client for its roots, and says how much it heard. */
function asking(major: Major) {
  const info = { name: 'test', version: '1' }
  const heard = (answer: unknown) => ({
    content: [{ type: 'text' as const, text: `${JSON.stringify(answer).length}` }],
  })
  if (major === 'v1') {
    const server = new ServerV1(info)
    server.registerTool('ask', {}, async ({ requestId }) =>
      heard(await server.server.listRoots({}, { relatedRequestId: requestId })),
    )
    return server
  }
  const server = new ServerV2(info)
  server.registerTool('ask', {}, async ({ mcpReq }) =>
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- sessions have it
    heard(await server.server.listRoots({}, { relatedRequestId: mcpReq.id })),
  )
  return server
}

/** A call on the first of two replicas that waits for the client's answer to a question. */
async function askedBench(major: Major, stores: readonly Store[]) {
  const bench = await startReplicas(major, stores, { createServer: () => asking(major) })
  ends.push(() => bench.close())
  bench.choose = () => 0
  const params = { ...initializeParams, capabilities: { roots: {} } }
  const initialized = await post(bench.url, { id: 1, method: 'initialize', params })
  await initialized.text()
  const headers = {
    'mcp-protocol-version': '2025-11-25',
    'mcp-session-id': initialized.headers.get('mcp-session-id') ?? '',
  }
  await post(bench.url, { method: 'notifications/initialized' }, headers)
  const call = await post(bench.url, { id: 2, method: 'tools/call', params: { name: 'ask' } }, headers)
  const reader = call.body?.getReader()
  let text = ''
  const until = async (wanted: RegExp) => {
    while (!wanted.test(text)) {
      const read = await reader?.read()
      if (read?.value === undefined) throw new Error(`The stream ended with: ${text}`)
      text += Buffer.from(read.value).toString()
    }
    return messagesIn(text)
  }
  const question = (await until(/roots\/list.*\n\n/)).find(({ method }) => method === 'roots/list')
  bench.choose = () => 1
  const answer = (size: number) =>
    post(bench.url, { id: question?.id, result: { roots: [{ uri: `file:///${'x'.repeat(size)}` }] } }, headers)
  return { answer, result: () => until(/"id":2.*\n\n/) }
}

/** The same store, whose bus tells nothing until it says that something may have been missed. */
function deaf(store: Store) {
  const gaps: (() => void)[] = []
  const lossy: Store = {
    ...store,
    bus: {
      ...store.bus,
      subscribe: (sessionId, listener) => {
        gaps.push(() => listener.onGap?.())
        return store.bus.subscribe(sessionId, { onMessage: () => undefined })
      },
    },
  }
  return {
    lossy,
    gap: () => {
      gaps.forEach((tell) => {
        tell()
      })
    },
  }
}

describe.each(['v1', 'v2'] as Major[])("server %s: the client's answer that comes to another replica", (major) => {
  it('reaches the one that asked, also where it is larger than a notice', async () => {
    const store = memoryStore()
    const { answer, result } = await askedBench(major, [store, store])
    expect((await answer(200_000)).status).toBe(202)
    const answered = (await result()).find(({ id }) => id === 2) as { result: { content: { text: string }[] } }
    expect(Number(answered.result.content[0]?.text)).toBeGreaterThan(200_000)
  })

  it('reaches it also where the notice was lost', async () => {
    const store = memoryStore()
    const { lossy, gap } = deaf(store)
    const { answer, result } = await askedBench(major, [lossy, store])
    expect((await answer(10)).status).toBe(202)
    gap()
    expect(await result()).toContainEqual(expect.objectContaining({ id: 2, result: expect.anything() as unknown }))
  })

  it('is not acknowledged where it can not be passed on', async () => {
    const store = memoryStore()
    const away: Store = {
      ...store,
      bus: {
        ...store.bus,
        publish: (sessionId, message) =>
          JSON.stringify(message).includes('roots') || JSON.stringify(message).includes('answered')
            ? Promise.reject(new StoreError('store_unavailable', 'away'))
            : store.bus.publish(sessionId, message),
      },
    }
    const { answer } = await askedBench(major, [store, away])
    const refused = await answer(10)
    expect([refused.status, refused.headers.get('mcp-not-dispatched')]).toEqual([503, '1'])
  })
})
