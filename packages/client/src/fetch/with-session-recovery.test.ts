import { describe, expect, it } from 'vitest'
import { TetherError } from '../base/errors.js'
import type { SessionEvent } from '../base/events.js'
import {
  clientOf,
  endpoint,
  gate,
  initializeParams,
  inProcessServer,
  json,
  lost,
  serverWithHeldRenewal,
} from './in-process-server.fixture.js'
import type { FetchLike } from './options.js'
import { withSessionRecovery } from './with-session-recovery.js'

const recovering = (server: { fetch: FetchLike }, options = {}) => withSessionRecovery(options)(server.fetch)

describe('a lost session', () => {
  it('is renewed, and the call answered, in exactly three more requests', async () => {
    const server = inProcessServer()
    const events: SessionEvent[] = []
    const client = clientOf(recovering(server, { onEvent: (event: SessionEvent) => events.push(event) }))
    await client.connect({ 'x-tenant': 'blue' })
    server.forget()
    const { id, answer, response } = await client.call({ name: 'a' }, { 'x-tenant': 'blue' })
    expect(answer).toEqual({ jsonrpc: '2.0', id, result: { on: 'session-2', params: { name: 'a' } } })
    expect(response.headers.get('mcp-session-id')).toBeNull()
    expect(server.lines().slice(2)).toEqual([
      'tools/call 1',
      'initialize',
      'notifications/initialized 2',
      'tools/call 2',
    ])
    const [refused, initialize, initialized, replayed] = server.log.slice(2)
    expect(initialize?.message.params).toEqual(initializeParams)
    expect(initialize?.headers.get('x-tenant')).toBe('blue')
    expect(initialized?.headers.get('mcp-protocol-version')).toBe('2025-11-25')
    expect(replayed?.body).toBe(refused?.body)
    expect(events.map(({ type }) => type)).toEqual([
      'session-bound',
      'session-lost',
      'recovery-started',
      'recovery-step',
      'recovery-step',
      'recovery-succeeded',
      'request-replayed',
    ])
    expect(JSON.stringify(events)).not.toContain('session-1')
  })

  it('is renewed once for calls that lose it together, and calls that come meanwhile wait', async () => {
    const { server, asked, held } = serverWithHeldRenewal()
    const client = clientOf(recovering(server))
    await client.connect()
    server.forget()
    const together = [client.call(), client.call(), client.call()]
    await asked.opened
    const meanwhile = client.call()
    await Promise.resolve()
    held.open(undefined)
    for (const { status, answer } of await Promise.all([...together, meanwhile])) {
      expect(status).toBe(200)
      expect(answer).toMatchObject({ result: { on: 'session-2' } })
    }
    expect(server.lines().filter((line) => line === 'initialize')).toHaveLength(2)
    expect(server.lines().filter((line) => line === 'tools/call 1')).toHaveLength(3)
  })

  it('is not renewed again by a refusal that comes late', async () => {
    const late = gate<Response>()
    const server = inProcessServer(({ message, headers }) =>
      message.params?.name === 'slow' && headers.get('mcp-session-id') === 'session-1' ? late.opened : undefined,
    )
    const client = clientOf(recovering(server))
    await client.connect()
    server.forget()
    const slow = client.call({ name: 'slow' })
    await client.call()
    late.open(lost())
    expect((await slow).answer).toMatchObject({ result: { on: 'session-2' } })
    expect(server.lines().filter((line) => line === 'initialize')).toHaveLength(2)
  })

  it('gives the caller its error when the new session refuses the replay too, and heals with the next call', async () => {
    const server = inProcessServer(({ message }) => (message.params?.name === 'cursed' ? lost() : undefined))
    const client = clientOf(recovering(server))
    await client.connect()
    const { id, answer } = await client.call({ name: 'cursed' })
    expect(answer).toMatchObject({ id, error: { code: -32010, data: { code: 'recovery_failed', step: 'replay' } } })
    expect(server.lines().filter((line) => line === 'initialize')).toHaveLength(2)
    expect((await client.call()).answer).toMatchObject({ result: {} })
  })

  it('says that the outcome is unknown when the replay breaks off', async () => {
    let calls = 0
    const server = inProcessServer(({ message }) => {
      if (message.method !== 'tools/call') return undefined
      if (++calls === 1) return lost()
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) })
    })
    const client = clientOf(recovering(server))
    await client.connect()
    const { answer } = await client.call()
    expect(answer).toMatchObject({
      error: { code: -32011, data: { code: 'outcome_unknown', cause: 'fetch failed: ECONNRESET' } },
    })
    expect(calls).toBe(2)
  })

  it.each([
    ['an HTTP error', () => json(500, { error: 'boom session-2 0123456789abcdef' }), 'HTTP 500'],
    [
      'a JSON-RPC error',
      (id: unknown) => json(200, { jsonrpc: '2.0', id, error: { code: -32603, message: 'sorry' } }),
      '-32603: sorry',
    ],
    ['something else', () => json(200, { hello: 'world' }), 'no InitializeResult'],
    ['a redirect', () => new Response(null, { status: 307, headers: { location: '/elsewhere' } }), 'HTTP 307'],
    [
      'a version from the future',
      (id: unknown) =>
        json(200, { jsonrpc: '2.0', id, result: { protocolVersion: '2099-01-01' } }, { 'mcp-session-id': 'x' }),
      '2099-01-01',
    ],
  ])('is an error that says so when initialize is answered with %s; then it heals', async (_what, refuse, says) => {
    let broken = false
    const server = inProcessServer(({ message }) =>
      broken && message.method === 'initialize' ? refuse(message.id) : undefined,
    )
    const client = clientOf(recovering(server))
    await client.connect()
    server.forget()
    broken = true
    const { id, answer } = await client.call()
    expect(answer).toMatchObject({ id, error: { code: -32010, data: { step: 'initialize', attempts: 1 } } })
    expect(JSON.stringify(answer)).toContain(says)
    expect(JSON.stringify(answer)).not.toContain('0123456789abcdef')
    broken = false
    expect((await client.call()).answer).toMatchObject({ result: {} })
  })

  it('is an error when initialize gets no answer in time', async () => {
    let silent = false
    const server = inProcessServer(({ message }) =>
      silent && message.method === 'initialize' ? new Promise(() => undefined) : undefined,
    )
    const client = clientOf(recovering(server, { recoveryTimeout: 20 }))
    await client.connect()
    server.forget()
    silent = true
    expect((await client.call()).answer).toMatchObject({ error: { data: { step: 'initialize' } } })
    silent = false
    expect((await client.call()).answer).toMatchObject({ result: {} })
  })

  it('is an error when the new session is refused before it is acknowledged, and that session is ended', async () => {
    let dying = false
    const server = inProcessServer(({ message }) =>
      dying && message.method === 'notifications/initialized' ? json(422, { error: 'no' }) : undefined,
    )
    const client = clientOf(recovering(server))
    await client.connect()
    server.forget()
    dying = true
    expect((await client.call()).answer).toMatchObject({ error: { data: { step: 'initialized' } } })
    expect(server.lines().at(-1)).toBe('DELETE 2')
  })

  it('can be lost again and again', async () => {
    const server = inProcessServer()
    const client = clientOf(recovering(server))
    await client.connect()
    for (let round = 2; round <= 21; round++) {
      server.forget()
      expect((await client.call()).answer).toMatchObject({ result: { on: `session-${String(round)}` } })
    }
    expect(client.sessionId).toBe('session-1')
  })
})

describe('what is not replayed', () => {
  it('is the initialized notification and the answer to a question of the dead session', async () => {
    const server = inProcessServer()
    const client = clientOf(recovering(server))
    await client.connect()
    server.forget()
    expect((await client.post({ id: 0, result: {} })).status).toBe(202)
    server.forget()
    expect((await client.post({ method: 'notifications/initialized' })).status).toBe(202)
    expect(server.lines().slice(2)).toEqual(['response 1', 'initialize', 'notifications/initialized 2'])
  })

  it('is a request that the client takes back while it waits', async () => {
    const { server, asked, held } = serverWithHeldRenewal()
    const client = clientOf(recovering(server))
    await client.connect()
    server.forget()
    const taken = client.call()
    const kept = client.call()
    await asked.opened
    const cancellation = await client.post({ method: 'notifications/cancelled', params: { requestId: 1 } })
    expect(cancellation.status).toBe(202)
    expect((await taken).status).toBe(202)
    held.open(undefined)
    expect((await kept).answer).toMatchObject({ result: {} })
    expect(server.lines().filter((line) => line === 'tools/call 2')).toHaveLength(1)
    expect(server.lines().join()).not.toContain('cancelled')
  })

  it('is a request that the client took back before it was refused', async () => {
    const refusal = gate<Response>()
    const arrived = gate()
    const server = inProcessServer(({ message }) => {
      if (message.method !== 'tools/call') return undefined
      arrived.open(undefined)
      return refusal.opened
    })
    const client = clientOf(recovering(server))
    await client.connect()
    const taken = client.call()
    await arrived.opened
    const cancellation = await client.post({ method: 'notifications/cancelled', params: { requestId: 1 } })
    expect(cancellation.status).toBe(202)
    refusal.open(lost())
    expect((await taken).status).toBe(202)
    expect(server.lines().filter((line) => line.startsWith('tools/call'))).toEqual(['tools/call 1'])
    expect(server.lines()).toContain('notifications/cancelled 1')
  })

  it('is a request whose caller gave up; the others get their session all the same', async () => {
    const { server, asked, held } = serverWithHeldRenewal()
    const client = clientOf(recovering(server))
    await client.connect()
    server.forget()
    const controller = new AbortController()
    const impatient = client.call({}, {}, { signal: controller.signal })
    const patient = client.call()
    await asked.opened
    controller.abort(new Error('enough'))
    await expect(impatient).rejects.toThrow('enough')
    held.open(undefined)
    expect((await patient).answer).toMatchObject({ result: {} })
    expect(server.lines().filter((line) => line === 'tools/call 2')).toHaveLength(1)
  })

  it.each([
    ['dpop', 'x'],
    ['signature-input', 'sig1=()'],
    ['authorization', 'AWS4-HMAC-SHA256 Credential=x'],
  ])('is a request signed with %s: its refusal is the answer', async (name, value) => {
    const server = inProcessServer()
    const events: SessionEvent[] = []
    const client = clientOf(recovering(server, { onEvent: (event: SessionEvent) => events.push(event) }))
    await client.connect()
    server.forget()
    expect(await client.call({}, { [name]: value })).toMatchObject({
      status: 404,
      answer: { error: { code: -32001 } },
    })
    expect(events.at(-1)).toMatchObject({ type: 'not-recoverable', reason: 'signed-request' })
  })

  it('is a body that was a stream', async () => {
    const server = inProcessServer(({ init }) => (init.body instanceof ReadableStream ? lost() : undefined))
    const client = clientOf(recovering(server))
    await client.connect()
    const body = new ReadableStream()
    const response = await client.post({}, {}, { body, duplex: 'half' } as RequestInit)
    expect(response.status).toBe(404)
  })
})

describe('signing in', () => {
  it('is asked of one call; the others wait for the new token and one session', async () => {
    let token = 'old'
    const server = inProcessServer(({ message, headers }) =>
      message.method === 'initialize' && headers.get('authorization') !== `Bearer ${token}`
        ? new Response(null, { status: 401, headers: { 'www-authenticate': 'Bearer', 'mcp-session-id': 'leaked' } })
        : undefined,
    )
    const client = clientOf(recovering(server))
    const bearer = (value: string) => ({ authorization: `Bearer ${value}` })
    await client.connect(bearer('old'))
    server.forget()
    token = 'new'
    let challenges = 0
    const calls = [1, 2, 3, 4, 5].map(async () => {
      const first = await client.call({}, bearer('old'))
      if (first.status !== 401) return first
      challenges++
      expect(first.response.headers.get('mcp-session-id')).toBe('session-1')
      return client.call({}, bearer('new'))
    })
    for (const { answer } of await Promise.all(calls)) expect(answer).toMatchObject({ result: { on: 'session-2' } })
    expect(challenges).toBe(1)
    expect(server.log.filter(({ headers }) => headers.get('mcp-session-id') === 'session-2')).not.toHaveLength(0)
    for (const { headers } of server.log.filter(({ headers }) => headers.get('mcp-session-id') === 'session-2')) {
      expect(headers.get('authorization')).toBe('Bearer new')
    }
    expect(server.lines().filter((line) => line === 'initialize')).toHaveLength(3)
  })

  it('that nobody does ends the waiting', async () => {
    let locked = false
    const server = inProcessServer(({ message }) =>
      locked && message.method === 'initialize' ? new Response(null, { status: 401 }) : undefined,
    )
    const client = clientOf(recovering(server, { authorizationTimeout: 20 }))
    await client.connect()
    server.forget()
    locked = true
    const statuses = await Promise.all([client.call(), client.call()])
    expect(statuses.map(({ status }) => status)).toEqual([401, 200])
    expect(statuses[1].answer).toMatchObject({ error: { code: -32010, data: { step: 'initialize' } } })
  })

  it('is passed on when it is asked for an ordinary request', async () => {
    const server = inProcessServer(({ message }) =>
      message.method === 'tools/call' ? new Response('no session here', { status: 401 }) : undefined,
    )
    const client = clientOf(recovering(server))
    await client.connect()
    const response = await client.post({ id: 1, method: 'tools/call' })
    expect([response.status, await response.text()]).toEqual([401, 'no session here'])
    expect(server.lines()).toHaveLength(3)
  })
})

describe('the server after its redeploy', () => {
  it('may keep no sessions, and later keep them again', async () => {
    const server = inProcessServer()
    const client = clientOf(recovering(server))
    await client.connect()
    server.forget()
    server.settings.stateless = true
    expect((await client.call()).answer).toMatchObject({ result: { on: 'no session' } })
    expect((await client.call()).answer).toMatchObject({ result: { on: 'no session' } })
    server.settings.stateless = false
    expect((await client.call()).answer).toMatchObject({ result: { on: 'session-2' } })
    expect(server.lines().slice(2)).toEqual([
      'tools/call 1',
      'initialize',
      'notifications/initialized',
      'tools/call',
      'tools/call',
      'tools/call',
      'initialize',
      'notifications/initialized 2',
      'tools/call 2',
    ])
  })

  it('needs no DELETE when it keeps no sessions', async () => {
    const server = inProcessServer()
    const client = clientOf(recovering(server))
    await client.connect()
    server.forget()
    server.settings.stateless = true
    await client.call()
    expect((await client.send('DELETE')).status).toBe(200)
    expect(server.lines().at(-1)).toBe('tools/call')
  })

  it('may answer another version, which goes into the header from then on', async () => {
    const server = inProcessServer()
    const events: SessionEvent[] = []
    const client = clientOf(recovering(server, { onEvent: (event: SessionEvent) => events.push(event) }))
    await client.connect()
    server.forget()
    server.settings.version = '2025-06-18'
    expect((await client.call()).status).toBe(200)
    expect(server.log.slice(2).map(({ headers }) => headers.get('mcp-protocol-version'))).toEqual([
      '2025-11-25',
      null,
      '2025-06-18',
      '2025-06-18',
    ])
    expect(events.find(({ type }) => type === 'recovery-succeeded')).toMatchObject({
      protocolVersion: '2025-06-18',
      previousProtocolVersion: '2025-11-25',
    })
    // What the client was told is asked for again, so that it comes true again.
    server.forget()
    server.settings.version = undefined
    await client.call()
    expect(server.log.at(-3)?.message.params?.protocolVersion).toBe('2025-11-25')
    expect(server.log.at(-1)?.headers.get('mcp-protocol-version')).toBe('2025-11-25')
  })

  it('may put an id on a refused initialize: that is no session', async () => {
    const server = inProcessServer(({ message }) =>
      message.method === 'initialize' ? json(400, { error: 'no' }, { 'mcp-session-id': 'leaked' }) : undefined,
    )
    const client = clientOf(recovering(server))
    await client.connect()
    expect(client.sessionId).toBe('leaked')
    expect((await client.call()).status).toBe(404)
    expect(server.lines()).toEqual(['initialize', 'notifications/initialized leaked', 'tools/call leaked'])
  })

  it('may put foreign ids on its errors: nobody adopts them', async () => {
    const server = inProcessServer(({ message }) =>
      message.method === 'tools/call' ? json(500, { error: 'x' }, { 'mcp-session-id': 'foreign' }) : undefined,
    )
    const client = clientOf(recovering(server))
    await client.connect()
    expect((await client.call()).response.headers.get('mcp-session-id')).toBe('session-1')
  })
})

describe('DELETE', () => {
  it('goes out under the current id and forgets the session', async () => {
    const server = inProcessServer()
    const fetch = recovering(server)
    const client = clientOf(fetch)
    await client.connect()
    server.forget()
    await client.call()
    expect((await client.send('DELETE')).status).toBe(200)
    expect(server.lines().at(-1)).toBe('DELETE 2')
    expect(server.knows('session-2')).toBe(false)
    expect((await client.call()).status).toBe(404)
  })

  it.each([404, 400])('of a session that is gone (%d) is a success', async (status) => {
    const server = inProcessServer(({ method }) =>
      method === 'DELETE' ? json(status, { error: 'Bad Request: No valid session ID provided' }) : undefined,
    )
    const client = clientOf(recovering(server))
    await client.connect()
    expect((await client.send('DELETE')).status).toBe(200)
    expect(server.lines().filter((line) => line === 'initialize')).toHaveLength(1)
  })

  it('that the server does not allow is passed on', async () => {
    const server = inProcessServer(({ method }) =>
      method === 'DELETE' ? new Response(null, { status: 405 }) : undefined,
    )
    const client = clientOf(recovering(server))
    await client.connect()
    expect((await client.send('DELETE')).status).toBe(405)
  })
})

describe('GET', () => {
  it('answered 404 before any stream was open means that none is offered', async () => {
    const server = inProcessServer(({ method }) => (method === 'GET' ? new Response(null, { status: 404 }) : undefined))
    const client = clientOf(recovering(server))
    await client.connect()
    expect((await client.send('GET')).status).toBe(405)
    expect(server.lines()).toHaveLength(3)
  })

  it('refused after a stream was open is checked with a ping, and the session renewed', async () => {
    const server = inProcessServer()
    const client = clientOf(recovering(server))
    await client.connect()
    await (await client.send('GET')).body?.cancel()
    server.forget()
    expect((await client.send('GET', { 'last-event-id': '9' })).status).toBe(200)
    expect(server.lines().slice(3)).toEqual(['GET 1', 'ping 1', 'initialize', 'notifications/initialized 2', 'GET 2'])
    expect(server.log.at(-1)?.headers.get('last-event-id')).toBeNull()
  })

  it('refused although the session lives leaves it alone', async () => {
    let refusing = false
    const server = inProcessServer(({ method }) => (refusing && method === 'GET' ? lost() : undefined))
    const client = clientOf(recovering(server))
    await client.connect()
    await client.send('GET')
    refusing = true
    expect((await client.send('GET')).status).toBe(405)
    expect(server.lines().slice(3)).toEqual(['GET 1', 'ping 1'])
  })
})

describe('several sessions', () => {
  it('on a server that counts its ids never use each other’s', async () => {
    let count = 0
    const owners = new Map<string, unknown>()
    const server = inProcessServer(({ message, headers }) => {
      if (message.method === 'initialize') {
        const id = String(++count)
        owners.set(id, message.params?.clientInfo)
        const { protocolVersion } = initializeParams
        return json(200, { jsonrpc: '2.0', id: message.id, result: { protocolVersion } }, { 'mcp-session-id': id })
      }
      const id = headers.get('mcp-session-id') ?? ''
      if (!owners.has(id)) return lost()
      if (message.id === undefined) return new Response(null, { status: 202 })
      return json(200, { jsonrpc: '2.0', id: message.id, result: owners.get(id) })
    })
    const fetch = recovering(server)
    const named = async (name: string) => {
      const client = clientOf(fetch)
      let sessionId = ''
      const post = (message: object) =>
        fetch(endpoint, {
          method: 'POST',
          headers: sessionId === '' ? {} : { 'mcp-session-id': sessionId },
          body: JSON.stringify({ jsonrpc: '2.0', ...message }),
        })
      const params = { ...initializeParams, clientInfo: { name } }
      const response = await post({ id: 1, method: 'initialize', params })
      sessionId = response.headers.get('mcp-session-id') ?? ''
      await response.text()
      expect(client.sessionId).toBeUndefined()
      return {
        sessionId,
        whoami: async () =>
          ((await (await post({ id: 2, method: 'tools/call', params: {} })).json()) as { result: unknown }).result,
      }
    }
    const one = await named('one')
    const two = await named('two')
    expect([one.sessionId, two.sessionId]).toEqual(['1', '2'])
    count = 0
    owners.clear()
    expect(await two.whoami()).toEqual({ name: 'two' })
    expect(await one.whoami()).toEqual({ name: 'one' })
    count = 0
    owners.clear()
    const three = await named('three')
    expect(['1', '2']).not.toContain(three.sessionId)
    expect(await three.whoami()).toEqual({ name: 'three' })
    expect(await two.whoami()).toEqual({ name: 'two' })
    expect(await one.whoami()).toEqual({ name: 'one' })
  })

  it('of two stacked instances are renewed once', async () => {
    const server = inProcessServer()
    const client = clientOf(withSessionRecovery()(recovering(server)))
    await client.connect()
    server.forget()
    const calls = await Promise.all([client.call(), client.call()])
    for (const { answer } of calls) expect(answer).toMatchObject({ result: { on: 'session-2' } })
    expect(server.lines().filter((line) => line === 'initialize')).toHaveLength(2)
  })
})

describe('a session made elsewhere', () => {
  it('is refused as it is, and said to be', async () => {
    const server = inProcessServer()
    const events: SessionEvent[] = []
    const fetch = recovering(server, { onEvent: (event: SessionEvent) => events.push(event) })
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'mcp-session-id': 'stored' },
      body: '{"jsonrpc":"2.0","id":1,"method":"tools/call"}',
    })
    expect(response.status).toBe(404)
    expect(events).toMatchObject([{ type: 'not-recoverable', reason: 'no-transcript' }])
  })

  it('is renewed when the options say what to initialize with', async () => {
    const server = inProcessServer()
    const fetch = recovering(server, { transcript: () => initializeParams })
    const response = await fetch(
      new Request(endpoint, {
        method: 'POST',
        headers: { 'mcp-session-id': 'stored', authorization: 'Bearer a' },
        body: '{"jsonrpc":"2.0","id":1,"method":"tools/call"}',
      }),
    )
    expect(await response.json()).toMatchObject({ result: { on: 'session-1' } })
    expect(server.log[1]?.message.params).toEqual(initializeParams)
    expect(server.log[1]?.headers.get('authorization')).toBe('Bearer a')
  })
})

describe('the forms of a fetch', () => {
  it('may be a Request with bytes in it', async () => {
    const server = inProcessServer()
    const client = clientOf((url, init) => recover(new Request(url, init)))
    const recover = recovering(server)
    await client.connect()
    server.forget()
    expect((await client.call({ a: 1 })).answer).toMatchObject({ result: { on: 'session-2', params: { a: 1 } } })
  })

  it('may be a batch, which is replayed whole', async () => {
    const server = inProcessServer(({ body, headers }) => {
      if (!body.startsWith('[')) return undefined
      return headers.get('mcp-session-id') === 'session-2' ? json(200, JSON.parse(body)) : lost()
    })
    const fetch = recovering(server)
    const client = clientOf(fetch)
    await client.connect()
    const body = '[ {"jsonrpc":"2.0","id":1,"method":"ping"}, {"jsonrpc":"2.0","id":2,"method":"ping"} ]'
    const headers = { 'mcp-session-id': 'session-1' }
    const response = await fetch(endpoint, { method: 'POST', headers, body })
    expect(await response.json()).toHaveLength(2)
    expect(server.log.at(-1)?.body).toBe(body)
  })
})

describe('options', () => {
  it.each([
    ['recoveryTimeout', 0],
    ['recoveryTimeout', Number.NaN],
    ['authorizationTimeout', -1],
    ['maxSessions', 0],
    ['recoveryTimeout', 2 ** 31],
    ['replay', 'sometimes'],
    ['announceListChanges', 'sometimes'],
    ['announceListChanges', null],
  ])('%s: %s is refused by name', (name, value) => {
    expect(() => withSessionRecovery({ [name]: value })).toThrow(TetherError)
    expect(() => withSessionRecovery({ [name]: value })).toThrow(name)
  })

  it('may be left undefined', () => {
    expect(() => withSessionRecovery({ recoveryTimeout: undefined } as never)).not.toThrow()
  })

  it('include a listener, whose trouble is not the request’s', async () => {
    const server = inProcessServer()
    const client = clientOf(
      recovering(server, {
        onEvent: () => {
          throw new Error('listener')
        },
      }),
    )
    await client.connect()
    server.forget()
    expect((await client.call()).status).toBe(200)
  })
})
