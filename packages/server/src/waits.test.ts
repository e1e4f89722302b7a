import { memoryStore, StoreError, type Store } from '@mcp-tether/store'
import { McpServer } from '@modelcontextprotocol/server'
import { afterEach, expect, it } from 'vitest'
import type { PersistentSessions } from './index.js'
import { persistentSessions } from './index.js'
import { accept, initializeParams, messagesIn } from './raw-requests.fixture.js'

const url = 'http://127.0.0.1/mcp'
const never = () => new Promise<never>(() => undefined)
const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** An author's server with one tool that never answers. */
function build() {
  const server = new McpServer({ name: 'test', version: '1' })
  server.registerTool('stuck', {}, never)
  server.registerTool('quick', {}, () => ({ content: [] }))
  return server
}

function post(sessions: PersistentSessions, message: object, headers: Record<string, string> = {}) {
  const body = JSON.stringify({ jsonrpc: '2.0', ...message })
  const all = { accept, 'content-type': 'application/json', ...headers }
  return sessions.fetch(new Request(url, { method: 'POST', headers: all, body }))
}

async function open(sessions: PersistentSessions) {
  const answer = await post(sessions, { id: 1, method: 'initialize', params: initializeParams })
  const [message] = messagesIn(await answer.text())
  return {
    status: answer.status,
    retryAfter: answer.headers.get('retry-after'),
    id: answer.headers.get('mcp-session-id'),
    message,
  }
}

const call = (name: string) => ({ id: 2, method: 'tools/call', params: { name } })
const ofSession = (id: string | null) => ({ 'mcp-session-id': id ?? '', 'mcp-protocol-version': '2025-11-25' })

it.each([
  ['createServer does not end', { createServer: never }],
  ['createServer fails to connect', { createServer: () => Object.assign(build(), { connect: never }) }],
])('a session whose %s is answered 503, and leaves no trace', async (_name, options) => {
  const store = memoryStore()
  const sessions = persistentSessions({ store, startTimeout: 1500, ...options })
  ends.push(() => sessions.close())
  expect(await open(sessions)).toMatchObject({
    status: 503,
    retryAfter: '1',
    message: { error: { data: { code: 'start_timeout' } } },
  })
})

it('a session that nothing can be heard of is refused, and leaves no trace', async () => {
  const store = memoryStore()
  const ids: string[] = []
  const put: Store['sessions']['put'] = (id, ...given) => {
    ids.push(id)
    return store.sessions.put(id, ...given)
  }
  let isAway = true
  const subscribe: Store['bus']['subscribe'] = (...given) =>
    isAway ? Promise.reject(new StoreError('store_unavailable', 'It is away.')) : store.bus.subscribe(...given)
  const sessions = persistentSessions({
    createServer: build,
    store: { ...store, sessions: { ...store.sessions, put }, bus: { ...store.bus, subscribe } },
    limits: { total: 1 },
  })
  ends.push(() => sessions.close())
  expect((await open(sessions)).status).toBe(503)
  expect(await Promise.all(ids.map((id) => store.sessions.get(id)))).toEqual([undefined])
  isAway = false
  expect((await open(sessions)).status).toBe(200)
})

it('a rehydrate that does not end refuses the requests that wait for it, and the next one tries again', async () => {
  const store = memoryStore()
  const first = persistentSessions({ createServer: build, store })
  const { id } = await open(first)
  await first.close()
  let isStuck = true
  let closed = 0
  const second = persistentSessions({
    createServer: () => {
      const server = build()
      server.server.onclose = () => closed++
      return server
    },
    store,
    startTimeout: 1500,
    rehydrate: () => (isStuck ? never() : undefined),
  })
  ends.push(() => second.close())
  const answers = await Promise.all([1, 2, 3].map(() => post(second, call('quick'), ofSession(id))))
  for (const answer of answers) {
    expect([answer.status, answer.headers.get('mcp-not-dispatched')]).toEqual([503, '1'])
  }
  // The server that did not get ready is not left behind.
  await expect.poll(() => closed).toBe(1)
  isStuck = false
  expect((await post(second, call('quick'), ofSession(id))).status).toBe(200)
})

it('a server that does not answer what it is told again refuses the request, and a new one takes its place', async () => {
  const store = memoryStore()
  let isStuck = false
  const createServer = () => {
    const server = new McpServer({ name: 'test', version: '1' }, { capabilities: { logging: {} } })
    server.registerTool('quick', {}, () => ({ content: [] }))
    server.server.setRequestHandler('logging/setLevel', () => (isStuck ? never() : {}))
    return server
  }
  const [first, second] = [1, 2].map(() => persistentSessions({ createServer, store, startTimeout: 1500 }))
  if (first === undefined || second === undefined) throw new Error('two were made')
  ends.push(
    () => first.close(),
    () => second.close(),
  )
  const { id } = await open(first)
  const ask = async (sessions: PersistentSessions, message: object) => {
    const answer = await post(sessions, message, ofSession(id))
    await answer.text()
    return answer.status
  }
  expect(await ask(second, call('quick'))).toBe(200)
  expect(await ask(first, { id: 3, method: 'logging/setLevel', params: { level: 'error' } })).toBe(200)
  isStuck = true
  expect(await Promise.all([ask(second, call('quick')), ask(second, { ...call('quick'), id: 4 })])).toEqual([503, 503])
  isStuck = false
  expect(await ask(second, call('quick'))).toBe(200)
})

it('a server that does not answer what it is told again, while calls run in it, keeps no other request', async () => {
  const store = memoryStore()
  let isStuck = false
  let release: () => void = () => undefined
  const held = new Promise<void>((resolve) => (release = resolve))
  const createServer = () => {
    const capabilities = { logging: {}, resources: { subscribe: true } }
    const server = new McpServer({ name: 'test', version: '1' }, { capabilities })
    server.registerTool('quick', {}, () => ({ content: [] }))
    server.registerTool('held', {}, () => held.then(() => ({ content: [{ type: 'text', text: 'at last' }] })))
    server.server.setRequestHandler('logging/setLevel', () => (isStuck ? never() : {}))
    server.server.setRequestHandler('resources/subscribe', () => held.then(() => ({})))
    return server
  }
  const [first, second] = [1, 2].map(() => persistentSessions({ createServer, store, startTimeout: 1000 }))
  if (first === undefined || second === undefined) throw new Error('two were made')
  ends.push(
    () => first.close({ timeout: 100 }),
    () => second.close({ timeout: 100 }),
  )
  const { id } = await open(first)
  const answer = await post(second, call('held'), ofSession(id))
  const resource = { method: 'resources/subscribe', params: { uri: 'test://a' } }
  const subscribing = await post(second, { id: 3, ...resource }, ofSession(id))
  const level = { id: 4, method: 'logging/setLevel', params: { level: 'error' } }
  expect((await post(first, level, ofSession(id))).status).toBe(200)
  isStuck = true
  expect((await post(second, { ...call('quick'), id: 5 }, ofSession(id))).status).toBe(503)
  // What was refused is not noted as in flight.
  expect((await store.sessions.requestsInFlight(id ?? '')).map(({ requestId }) => requestId).sort()).toEqual([2, 3])
  isStuck = false
  // A new one takes its place, and what runs in the old one goes on: also for a client whose connection broke.
  expect((await post(second, { ...call('quick'), id: 6 }, ofSession(id))).status).toBe(200)
  const reader = answer.body?.getReader()
  const priming = new TextDecoder().decode((await reader?.read())?.value)
  await reader?.cancel()
  const headers = { accept, 'last-event-id': /^id: (.*)$/m.exec(priming)?.[1] ?? '', ...ofSession(id) }
  const resumed = await second.fetch(new Request(url, { headers }))
  expect(resumed.status).toBe(200)
  release()
  expect(messagesIn(await resumed.text())).toMatchObject([{ id: 2, result: { content: [{ text: 'at last' }] } }])
  expect(messagesIn(await subscribing.text())).toMatchObject([{ id: 3, error: { data: { code: 'store_failed' } } }])
})

it('close() ends though a call does not, nor what the author does at the end', { timeout: 15_000 }, async () => {
  const store = memoryStore()
  const sessions = persistentSessions({ createServer: () => Object.assign(build(), { close: never }), store })
  const { id } = await open(sessions)
  const answer = await post(sessions, call('stuck'), ofSession(id))
  const stream = await sessions.fetch(new Request(url, { headers: { accept, ...ofSession(id) } }))
  await Promise.all([sessions.close({ timeout: 50 }), answer.text(), stream.text()])
  // Its note stays, so that whoever comes back to it is told.
  expect(await store.sessions.requestsInFlight(id ?? '')).toMatchObject([{ requestId: 2 }])
})

it('close() waits for calls, and for sessions that are being brought back', async () => {
  const store = memoryStore()
  const first = persistentSessions({ createServer: build, store })
  const { id } = await open(first)
  await first.close()
  let release: () => void = () => undefined
  const held = new Promise<void>((resolve) => (release = resolve))
  let reached: () => void = () => undefined
  const isReached = new Promise<void>((resolve) => (reached = resolve))
  const second = persistentSessions({
    createServer: build,
    store,
    rehydrate: () => {
      reached()
      return held
    },
  })
  const answering = post(second, call('quick'), ofSession(id))
  await isReached
  const closing = second.close()
  const refused = await post(second, call('quick'), ofSession(id))
  expect([refused.status, refused.headers.get('mcp-not-dispatched')]).toEqual([503, '1'])
  release()
  const answer = await answering
  expect(messagesIn(await answer.text())).toMatchObject([{ id: 2, result: { content: [] } }])
  await closing
})
