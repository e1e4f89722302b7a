import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { at } from '../wire/json.js'
import { notification, request } from '../wire/json-rpc.js'
import { json, text } from './answer.js'
import { FaultServer } from './fault-server.js'
import { calls, initializes, posts, uses } from './match.js'
import type { FaultServerOptions } from './options.js'

const open: FaultServer[] = []

async function start(options?: FaultServerOptions): Promise<FaultServer> {
  const server = await FaultServer.start(options)
  open.push(server)
  return server
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()))
})

function post(url: string, message: unknown, sessionId?: string): Promise<Response> {
  const headers = { 'content-type': 'application/json', ...(sessionId ? { 'mcp-session-id': sessionId } : {}) }
  return fetch(url, { method: 'POST', headers, body: JSON.stringify(message) })
}

const initialize = request(1, 'initialize', {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'tester', version: '1' },
})

async function session(server: FaultServer): Promise<string> {
  const response = await post(server.url, initialize)
  await response.text()
  const id = response.headers.get('mcp-session-id') ?? ''
  await (await post(server.url, notification('notifications/initialized'), id)).text()
  return id
}

function append(key: string): unknown {
  return request(7, 'tools/call', { name: 'append_value', arguments: { key, nonce: 'n' } })
}

describe('by default', () => {
  it('does the handshake and answers the protocol’s requests', async () => {
    const server = await start()
    const id = await session(server)
    for (const method of ['ping', 'tools/list', 'resources/list', 'prompts/list', 'logging/setLevel']) {
      const answer: unknown = await (await post(server.url, request(2, method), id)).json()
      expect(at(answer, 'result'), method).toBeDefined()
    }
    const answer: unknown = await (await post(server.url, append('a'), id)).json()
    expect(at(answer, 'result', 'content', 0, 'text')).toBe(
      '{"tool":"append_value","arguments":{"key":"a","nonce":"n"}}',
    )
    expect(server.executions.of('append_value', 'a')).toBe(1)
  })

  it('names the hints of its tools', async () => {
    const server = await start()
    const answer: unknown = await (await post(server.url, request(2, 'tools/list'), await session(server))).json()
    expect(at(answer, 'result', 'tools', 0, 'annotations')).toEqual({ readOnlyHint: true })
    expect(at(answer, 'result', 'tools', 1, 'annotations', 'idempotentHint')).toBe(true)
    expect(at(answer, 'result', 'tools', 2, 'annotations')).toBeUndefined()
  })

  it('refuses a missing id with 400 and an unknown one with 404, and executes nothing', async () => {
    const server = await start()
    await session(server)
    expect((await post(server.url, append('a'))).status).toBe(400)
    const refused = await post(server.url, append('a'), 'unknown')
    expect(refused.status).toBe(404)
    expect(await refused.json()).toEqual({
      jsonrpc: '2.0',
      error: { code: -32001, message: 'Session not found' },
      id: null,
    })
    expect(server.executions.of('append_value', 'a')).toBe(0)
  })

  it('refuses an initialize that carries an id it does not know', async () => {
    const server = await start()
    expect((await post(server.url, initialize, 'unknown')).status).toBe(404)
  })

  it('refuses a request before notifications/initialized', async () => {
    const server = await start()
    const response = await post(server.url, initialize)
    const id = response.headers.get('mcp-session-id') ?? ''
    expect(at(await (await post(server.url, append('a'), id)).json(), 'error', 'code')).toBe(-32600)
  })

  it('ends a session with DELETE', async () => {
    const server = await start()
    const id = await session(server)
    const end = () => fetch(server.url, { method: 'DELETE', headers: { 'mcp-session-id': id } })
    expect((await end()).status).toBe(200)
    expect((await end()).status).toBe(404)
  })

  it('answers a batch with a batch', async () => {
    const server = await start()
    const answers: unknown = await (await post(server.url, [append('a'), append('b')], await session(server))).json()
    expect(answers).toHaveLength(2)
  })

  it('redirects, and knows no other path', async () => {
    const server = await start()
    const moved = await fetch(server.urlOf('/moved-307'), { method: 'POST', redirect: 'manual' })
    expect([moved.status, moved.headers.get('location')]).toEqual([307, '/mcp'])
    expect((await fetch(server.urlOf('/elsewhere'))).status).toBe(404)
  })

  it('pushes on the standalone stream', async () => {
    const server = await start()
    const id = await session(server)
    const stream = await fetch(server.url, { headers: { 'mcp-session-id': id, accept: 'text/event-stream' } })
    expect(server.push(notification('notifications/tools/list_changed'), 'e1')).toBe(1)
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader()
    let seen = ''
    while (!seen.includes('list_changed')) seen += (await reader?.read())?.value ?? ''
    await reader?.cancel()
    expect(seen).toContain(
      'event: message\nid: e1\ndata: {"jsonrpc":"2.0","method":"notifications/tools/list_changed"}\n\n',
    )
  })
})

describe('a fresh process', () => {
  it('forgets every session; counted ids start again', async () => {
    const server = await start({ ids: 'counted' })
    expect(await session(server)).toBe('1')
    expect(await session(server)).toBe('2')
    server.restart()
    expect((await post(server.url, append('a'), '2')).status).toBe(404)
    expect(await session(server)).toBe('1')
    server.restart({ restartIds: false })
    expect(await session(server)).toBe('2')
  })

  it('may answer a loss in another shape, from the request', async () => {
    const server = await start()
    const id = await session(server)
    server.restart({ lossAnswer: ({ messages }) => json(400, { for: messages[0]?.id }) })
    const refused = await post(server.url, append('a'), id)
    expect([refused.status, await refused.json()]).toEqual([400, { for: 7 }])
  })

  it('may be stateless: no id is made and none is looked at', async () => {
    const server = await start()
    const id = await session(server)
    server.restart({ stateless: true })
    expect((await post(server.url, append('a'), id)).status).toBe(200)
    expect((await post(server.url, initialize)).headers.get('mcp-session-id')).toBeNull()
    expect((await fetch(server.url)).status).toBe(405)
  })

  it('may speak another version and answer with event streams', async () => {
    const server = await start({ protocolVersion: '2025-06-18', initializeAs: 'sse' })
    const response = await post(server.url, initialize)
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(await response.text()).toContain('"protocolVersion":"2025-06-18"')
  })

  it('may end or cut the standalone streams', async () => {
    for (const streams of ['end', 'cut'] as const) {
      const server = await start()
      const id = await session(server)
      const stream = await fetch(server.url, { headers: { 'mcp-session-id': id } })
      server.restart({ streams })
      const read = stream.text()
      await (streams === 'end' ? expect(read).resolves.toBe(': open\n\n') : expect(read).rejects.toThrow())
    }
  })
})

describe('the log', () => {
  it('keeps order, bodies, ids and answers, and names sessions without printing them', async () => {
    const server = await start()
    const id = await session(server)
    await (await post(server.url, append('a'), id)).text()
    server.restart()
    await (await post(server.url, append('b'), id)).text()
    const [first, second, third, fourth] = server.log.exchanges
    expect(first).toMatchObject({ status: 200, answeredSessionId: id, answeredLabel: 'S1', life: 1 })
    expect(second).toMatchObject({ status: 202, sessionLabel: 'S1' })
    expect(third).toMatchObject({ sessionId: id, body: JSON.stringify(append('a')), batch: false })
    expect(fourth).toMatchObject({ status: 404, sessionLabel: 'S1 (dead)', life: 2 })
    expect(first?.answeredSeq).toBeLessThan(second?.seq ?? 0)
  })

  it('can be waited on, and gives up with the signal', async () => {
    const server = await start()
    const seen = server.log.waitFor((exchange) => initializes(exchange) && exchange.status === 200)
    await session(server)
    expect((await seen).answeredSessionId).toBeDefined()
    await expect(server.log.waitFor(uses('PUT'), AbortSignal.abort())).rejects.toThrow('not seen')
  })
})

describe('scripts', () => {
  it('are used in order, as often as they say, and can be taken back', async () => {
    const server = await start()
    const id = await session(server)
    const once = server.script(calls('append_value'), text(418, 'once'))
    const always = server.script(posts('tools/call'), text(503, 'always'), { times: Infinity })
    const statuses = [(await post(server.url, append('a'), id)).status]
    statuses.push((await post(server.url, append('a'), id)).status)
    always.remove()
    statuses.push((await post(server.url, append('a'), id)).status)
    expect(statuses).toEqual([418, 503, 200])
    expect([once.used, always.used, server.executions.of('append_value', 'a')]).toEqual([1, 1, 1])
  })

  it('can execute and throw the answer away', async () => {
    const server = await start()
    const id = await session(server)
    server.script(calls(), { execute: true, then: text(502, 'Bad Gateway') })
    expect((await post(server.url, append('a'), id)).status).toBe(502)
    expect(server.executions.of('append_value', 'a')).toBe(1)
  })

  it('judge a default answer when the gate opens, not before', async () => {
    const server = await start()
    const id = await session(server)
    let openGate!: () => void
    const gate = new Promise<void>((resolve) => (openGate = resolve))
    server.script(calls(), { gate, then: 'default' })
    const answer = post(server.url, append('a'), id)
    await server.log.waitFor(calls())
    server.restart()
    openGate()
    expect((await answer).status).toBe(404)
  })

  it('can delay', async () => {
    const server = await start()
    server.script(initializes, { delayMs: 1, then: 'default' })
    expect((await post(server.url, initialize)).status).toBe(200)
  })
})

it('can be mounted in another server', async () => {
  const fault = new FaultServer()
  const page = createServer((req, res) => {
    if (req.url === '/mcp') fault.handler(req, res)
    else res.end('a page')
  })
  await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${String((page.address() as AddressInfo).port)}`
  expect(await (await fetch(origin)).text()).toBe('a page')
  expect((await post(`${origin}/mcp`, initialize)).status).toBe(200)
  expect(() => fault.url).toThrow('not listening')
  await fault.close()
  page.closeAllConnections()
  await new Promise((resolve) => page.close(resolve))
})
