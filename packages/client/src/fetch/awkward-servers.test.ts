import { describe, expect, it } from 'vitest'
import type { SessionEvent } from '../base/events.js'
import { VirtualClock } from '../base/virtual-clock.fixture.js'
import {
  clientOf,
  gate,
  initializeParams,
  inProcessServer,
  json,
  lost,
  type Answer,
  type Seen,
} from './in-process-server.fixture.js'
import type { SessionRecoveryOptions } from './options.js'
import { withSessionRecovery } from './with-session-recovery.js'

const reset = (code: string) => new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) })

/** A client whose server answers in the given ways once its session is lost. */
async function lostOn(
  intercept: (seen: Seen, count: (what: string) => number) => Answer,
  options: SessionRecoveryOptions = {},
) {
  const clock = new VirtualClock()
  const events: SessionEvent[] = []
  const counts = new Map<string, number>()
  let armed = false
  const server = inProcessServer((seen) => {
    if (!armed) return undefined
    const count = (what: string) => {
      counts.set(what, (counts.get(what) ?? 0) + 1)
      return counts.get(what) ?? 0
    }
    return intercept(seen, count)
  })
  const onEvent = (event: SessionEvent) => events.push(event)
  const client = clientOf(withSessionRecovery({ clock, random: () => 1, onEvent, ...options })(server.fetch))
  await client.connect()
  server.forget()
  armed = true
  return { client, clock, events, server, after: () => server.lines().slice(2) }
}

describe('a server that keeps one session only', () => {
  const alreadyInitialized = (id: unknown) => ({
    jsonrpc: '2.0',
    error: { code: -32600, message: 'Invalid Request: Server already initialized' },
    id,
  })

  it.each([
    ['with 400', () => json(400, alreadyInitialized(null))],
    ['with an error', ({ message }: Seen) => json(200, alreadyInitialized(message.id))],
  ])('and refuses another initialize %s is asked to end the old one first', async (_how, refuse) => {
    let held = true
    const { client, after } = await lostOn((seen) => {
      if (seen.method === 'DELETE') held = false
      return held && seen.message.method === 'initialize' ? refuse(seen) : undefined
    })
    expect((await client.call()).answer).toMatchObject({ result: { on: 'session-2' } })
    expect(after()).toEqual([
      'tools/call 1',
      'initialize',
      'DELETE 1',
      'initialize',
      'notifications/initialized 2',
      'tools/call 2',
    ])
  })

  it('is asked only once, and waited for only so long', async () => {
    const { client, after, clock } = await lostOn(({ method, message }) => {
      if (method === 'DELETE') return new Promise(() => undefined)
      return message.method === 'initialize' ? json(400, alreadyInitialized(null)) : undefined
    })
    const { id, answer } = await client.call()
    expect(answer).toMatchObject({ id, error: { code: -32010, data: { step: 'initialize', attempts: 2 } } })
    expect(JSON.stringify(answer)).toContain('Server already initialized')
    expect(after()).toEqual(['tools/call 1', 'initialize', 'DELETE 1', 'initialize'])
    expect(clock.now()).toBe(5_000)
    expect(clock.pending).toBe(0)
  })
})

it('a DELETE that hangs does not take longer than the recovery may', async () => {
  const { client, clock, after } = await lostOn(
    ({ method, message }) => {
      if (method === 'DELETE') return new Promise(() => undefined)
      return message.method === 'initialize' ? json(400, { error: 'Session already initialized' }) : undefined
    },
    { recoveryTimeout: 1_000 },
  )
  expect((await client.call()).answer).toMatchObject({ error: { data: { step: 'initialize' } } })
  expect(clock.now()).toBe(1_000)
  expect(after()).toEqual(['tools/call 1', 'initialize', 'DELETE 1'])
})

describe('a server that dies between initialize and initialized', () => {
  it('and comes back without the new session gets another initialize, in the same recovery', async () => {
    const { client, after, events } = await lostOn(({ message }, count) =>
      message.method === 'notifications/initialized' && count('initialized') === 1 ? lost() : undefined,
    )
    expect((await client.call()).answer).toMatchObject({ result: { on: 'session-3' } })
    expect(after()).toEqual([
      'tools/call 1',
      'initialize',
      'notifications/initialized 2',
      'DELETE 2',
      'initialize',
      'notifications/initialized 3',
      'tools/call 3',
    ])
    expect(events.filter(({ type }) => type === 'recovery-started')).toHaveLength(1)
    expect(events.flatMap((event) => (event.type === 'recovery-step' ? [event.step] : []))).toEqual([
      'initialize',
      'initialized',
      'initialize',
      'initialized',
    ])
  })

  it.each(['ECONNRESET', 'ECONNREFUSED'])('and is not there (%s) gets it after a pause', async (code) => {
    const { client, clock, server } = await lostOn(({ message }, count) => {
      if (message.method === 'notifications/initialized' && count('initialized') === 1) throw reset(code)
      return undefined
    })
    expect((await client.call()).answer).toMatchObject({ result: { on: 'session-3' } })
    expect(clock.now()).toBe(200)
    expect(server.lines().filter((line) => line === 'initialize')).toHaveLength(3)
  })

  it('and stays away is waited for within the outage budget', async () => {
    let restarts = 0
    const { client, clock, server } = await lostOn(({ message }, count) => {
      if (message.method === 'notifications/initialized' && count('initialized') === 1) throw reset('ECONNRESET')
      if (message.method === 'initialize' && count('initialize') > 1 && ++restarts < 6) throw reset('ECONNREFUSED')
      return undefined
    })
    expect((await client.call()).answer).toMatchObject({ result: { on: 'session-3' } })
    expect(clock.now()).toBeGreaterThan(1_000)
    expect(
      server
        .lines()
        .filter((line) => line.startsWith('tools/call'))
        .at(-1),
    ).toBe('tools/call 3')
    expect(clock.pending).toBe(0)
  })

  it('every time is given up after three, with an error that says so', async () => {
    const { client, server } = await lostOn(({ message }) =>
      message.method === 'notifications/initialized' ? lost() : undefined,
    )
    const { id, answer } = await client.call()
    expect(answer).toMatchObject({
      id,
      error: { code: -32010, data: { code: 'sessions_never_last', sessions: 3, step: 'initialized', attempts: 3 } },
    })
    expect(server.lines().filter((line) => line === 'initialize')).toHaveLength(4)
  })

  it('and then wants a sign-in hands that on', async () => {
    const { client, after } = await lostOn(({ message }) =>
      message.method === 'notifications/initialized'
        ? new Response(null, { status: 401, headers: { 'www-authenticate': 'Bearer' } })
        : undefined,
    )
    expect((await client.call()).status).toBe(401)
    expect(after()).toEqual(['tools/call 1', 'initialize', 'notifications/initialized 2', 'DELETE 2'])
  })
})

describe('deadlines of steps', () => {
  it.each([
    ['initialize', 'initialize', 20_000],
    ['initialized', 'notifications/initialized', 10_000],
  ])('%s', async (step, method, ms) => {
    const { client, clock } = await lostOn(({ message }) =>
      message.method === method ? new Promise(() => undefined) : undefined,
    )
    const { answer } = await client.call()
    expect(answer).toMatchObject({ error: { code: -32010, data: { code: 'recovery_failed', step, durationMs: ms } } })
    expect(JSON.stringify(answer)).toContain(`${step} took longer than ${String(ms)} ms`)
    expect(clock.pending).toBe(0)
  })

  it('end within the recovery’s, with all that is begun anew', async () => {
    const { client, clock } = await lostOn(
      async ({ message }, count) => {
        if (message.method === 'initialize') await new Promise<void>((resolve) => clock.schedule(resolve, 550))
        if (message.method !== 'notifications/initialized') return undefined
        return count('initialized') < 3 ? lost() : new Promise(() => undefined)
      },
      { recoveryTimeout: 1_000 },
    )
    const { answer } = await client.call()
    expect(answer).toMatchObject({ error: { data: { step: 'initialize' } } })
    expect(clock.now()).toBe(1_000)
  })
})

describe('a server that mints ids by turns', () => {
  it('is followed over many epochs', async () => {
    const server = inProcessServer()
    const events: SessionEvent[] = []
    const client = clientOf(withSessionRecovery({ onEvent: (event) => events.push(event) })(server.fetch))
    await client.connect()
    for (let round = 1; round <= 3; round++) {
      server.forget()
      server.settings.stateless = true
      for (let call = 0; call < 2; call++) {
        expect((await client.call()).answer).toMatchObject({ result: { on: 'no session' } })
      }
      server.settings.stateless = false
      for (let call = 0; call < 2; call++) {
        expect((await client.call()).answer).toMatchObject({ result: { on: `session-${String(round + 1)}` } })
      }
    }
    const renewed = events.filter(({ type }) => type === 'recovery-succeeded')
    expect(renewed.map((event) => 'stateless' in event && event.stateless)).toEqual([
      ...[true, false],
      ...[true, false],
      ...[true, false],
    ])
    expect(events.map(({ type }) => type)).not.toContain('not-recoverable')
    expect(client.sessionId).toBe('session-1')
  })

  const jsonRpc = (code: number, message: string) => ({ jsonrpc: '2.0', error: { code, message }, id: null })
  it.each([
    ['TypeScript SDK', 400, jsonRpc(-32000, 'Bad Request: Mcp-Session-Id header is required')],
    ['TypeScript SDK 1 example', 400, jsonRpc(-32000, 'Bad Request: No valid session ID provided')],
    ['a restarted shared transport', 400, jsonRpc(-32000, 'Bad Request: Server not initialized')],
    ['Ruby', 400, { error: 'Missing session ID' }],
    ['Python', 400, jsonRpc(-32600, 'Bad Request: Missing session ID')],
    ['rmcp', 422, 'Unexpected message, expect initialize request'],
    ['MCP-Nest 2', 404, jsonRpc(-32001, 'Session not found')],
    ['mcp-go from 0.44', 404, 'Invalid session ID'],
  ])('and then refuses a request without one as %s does', async (_what, status, body) => {
    const server = inProcessServer(({ message, headers }) =>
      !server.settings.stateless && message.method === 'tools/call' && !headers.has('mcp-session-id')
        ? json(status, body)
        : undefined,
    )
    const client = clientOf(withSessionRecovery()(server.fetch))
    await client.connect()
    server.forget()
    server.settings.stateless = true
    await client.call()
    server.settings.stateless = false
    expect((await client.call()).answer).toMatchObject({ result: { on: 'session-2' } })
  })

  it('may answer 404 without a session, which is no loss', async () => {
    const server = inProcessServer(({ message }) =>
      server.settings.stateless && message.params?.name === 'nowhere'
        ? new Response('404 page not found', { status: 404 })
        : undefined,
    )
    const client = clientOf(withSessionRecovery()(server.fetch))
    await client.connect()
    server.forget()
    server.settings.stateless = true
    await client.call()
    const response = await client.post({ id: 9, method: 'tools/call', params: { name: 'nowhere' } })
    expect([response.status, await response.text()]).toEqual([404, '404 page not found'])
    expect(server.lines().filter((line) => line === 'initialize')).toHaveLength(2)
  })
})

describe('a new initialize', () => {
  const result = { protocolVersion: initializeParams.protocolVersion, capabilities: {} }

  it('may be answered by an event stream that stays open', async () => {
    const cancelled = gate()
    const { client } = await lostOn(({ message, headers }) => {
      if (message.method === 'initialize') {
        const answer = JSON.stringify({ jsonrpc: '2.0', id: message.id, result })
        const body = new ReadableStream<Uint8Array>({
          start: (controller) => {
            controller.enqueue(new TextEncoder().encode(`: hi\n\nid: 1\ndata:\n\nevent: message\ndata: ${answer}\n\n`))
          },
          cancel: () => {
            cancelled.open(undefined)
          },
        })
        return new Response(body, { headers: { 'content-type': 'text/event-stream', 'mcp-session-id': 'streamed' } })
      }
      if (headers.get('mcp-session-id') !== 'streamed') return undefined
      if (message.id === undefined) return new Response(null, { status: 202 })
      return json(200, { jsonrpc: '2.0', id: message.id, result: { on: 'streamed' } })
    })
    expect((await client.call()).answer).toMatchObject({ result: { on: 'streamed' } })
    await cancelled.opened
  })

  it('that is refused with an id brings no session', async () => {
    const { client, server } = await lostOn(({ message }, count) =>
      message.method === 'initialize' && count('initialize') === 1
        ? json(500, { error: 'no' }, { 'mcp-session-id': 'leaked' })
        : undefined,
    )
    expect((await client.call()).answer).toMatchObject({ error: { code: -32010 } })
    expect((await client.call()).answer).toMatchObject({ result: { on: 'session-2' } })
    expect(server.lines().join()).not.toContain('leaked')
  })

  it('goes to the URL of the request that failed, which a redirect may have brought it to', async () => {
    const server = inProcessServer()
    const fetch = withSessionRecovery()(server.fetch)
    const client = clientOf(fetch)
    await client.connect()
    server.forget()
    const headers = { 'mcp-session-id': 'session-1' }
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: {} })
    await fetch('http://server.test/moved/mcp', { method: 'POST', headers, body })
    expect(server.log.slice(2).map(({ url }) => url)).toEqual(Array(4).fill('http://server.test/moved/mcp'))
  })
})
