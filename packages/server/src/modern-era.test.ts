import { memoryStore, type Store } from '@mcp-tether/store'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { createMcpHandler, WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server'
import { afterEach, expect, it } from 'vitest'
import { buildServer, startReplicas } from './replicas.fixture.js'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** A store that nothing may be asked of. */
function untouchable(): Store {
  const store = memoryStore()
  const refuse = (name: string) => () => {
    throw new Error(`sessions.${name} was used`)
  }
  const names = Object.keys(store.sessions)
  return { ...store, sessions: Object.fromEntries(names.map((name) => [name, refuse(name)])) as never }
}

it.each([
  ['found by itself', {}],
  ['named by its transport', { transport: WebStandardStreamableHTTPServerTransport }],
  [
    'named by a transport that extends its own',
    { transport: class extends WebStandardStreamableHTTPServerTransport {} },
  ],
])(
  'a client of the modern era is served by the SDK (%s), on any replica, without session and store',
  async (_how, options) => {
    const replicas = await startReplicas('v2', [untouchable(), untouchable()], options)
    ends.push(() => replicas.close())
    const transport = new StreamableHTTPClientTransport(replicas.url)
    const client = new Client({ name: 'modern', version: '1' }, { versionNegotiation: { mode: { pin: '2026-07-28' } } })
    await client.connect(transport)
    ends.push(() => client.close())
    const places = new Set<string>()
    for (let n = 0; n < 4; n++) places.add(JSON.stringify((await client.callTool({ name: 'where' })).content))
    expect(places.size).toBe(2)
    expect(transport.sessionId).toBeUndefined()
  },
)

it('a request of the modern era is answered as the SDK answers it, byte for byte', async () => {
  const replicas = await startReplicas('v2', [untouchable()])
  ends.push(() => replicas.close())
  const bare = createMcpHandler(() => buildServer('v2', 'replica 0') as never)
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'modern', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  }
  const requests = [
    { method: 'server/discover', params: { _meta: meta } },
    { method: 'tools/list', params: { _meta: meta } },
    { method: 'tools/call', params: { name: 'where', _meta: meta } },
    { method: 'no/such/method', params: { _meta: meta } },
  ]
  for (const { method, params } of requests) {
    const request = () =>
      new Request(replicas.url, {
        method: 'POST',
        headers: {
          accept: 'application/json, text/event-stream',
          'content-type': 'application/json',
          'mcp-protocol-version': '2026-07-28',
          'mcp-method': method,
          ...('name' in params ? { 'mcp-name': params.name } : {}),
        },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
      })
    const [ours, theirs] = await Promise.all([fetch(request()), bare.fetch(request())])
    expect([method, ours.status, ours.headers.get('content-type'), await ours.text()]).toEqual([
      method,
      theirs.status,
      theirs.headers.get('content-type'),
      await theirs.text(),
    ])
  }
})
