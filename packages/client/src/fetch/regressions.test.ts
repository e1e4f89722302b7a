import { describe, expect, it } from 'vitest'
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
import { withSessionRecovery } from './with-session-recovery.js'

describe('a session that its client ends', () => {
  it('is not brought back by a call that was under way', async () => {
    const refusal = gate<Response>()
    const arrived = gate()
    const server = inProcessServer(({ message }) => {
      if (message.method !== 'tools/call') return undefined
      arrived.open(undefined)
      return refusal.opened
    })
    const client = clientOf(withSessionRecovery()(server.fetch))
    await client.connect()
    const call = client.call()
    await arrived.opened
    expect((await client.send('DELETE')).status).toBe(200)
    refusal.open(lost())
    expect((await call).status).toBe(404)
    expect(server.lines()).toEqual(['initialize', 'notifications/initialized 1', 'tools/call 1', 'DELETE 1'])
  })

  it('is ended under its new id when it is renewed just then, and the waiting call not run', async () => {
    const { server, asked, held } = serverWithHeldRenewal()
    const client = clientOf(withSessionRecovery()(server.fetch))
    await client.connect()
    server.forget()
    const call = client.call()
    await asked.opened
    const ended = client.send('DELETE')
    held.open(undefined)
    expect((await ended).status).toBe(200)
    expect((await call).answer).toMatchObject({ error: { code: -32010 } })
    expect(server.lines().slice(3)).toEqual(['initialize', 'notifications/initialized 2', 'DELETE 2'])
  })

  it('is ended when it is renewed, even if its client could not wait for that', async () => {
    const ended = gate()
    const { server, asked, held } = serverWithHeldRenewal()
    const fetch = withSessionRecovery()(async (url, init) => {
      const response = await server.fetch(url, init)
      if (init?.method === 'DELETE') ended.open(undefined)
      return response
    })
    const client = clientOf(fetch)
    await client.connect()
    server.forget()
    const call = client.call()
    await asked.opened
    const controller = new AbortController()
    const headers = { 'mcp-session-id': 'session-1' }
    const impatient = fetch(endpoint, { method: 'DELETE', headers, signal: controller.signal })
    controller.abort(new Error('no time'))
    await expect(impatient).rejects.toThrow('no time')
    held.open(undefined)
    await ended.opened
    expect((await call).answer).toMatchObject({ error: { code: -32010 } })
    expect(server.lines().slice(3)).toEqual(['initialize', 'notifications/initialized 2', 'DELETE 2'])
    expect(server.knows('session-2')).toBe(false)
  })

  it('lives on when the server does not let it be ended now', async () => {
    const server = inProcessServer(({ method }) =>
      method === 'DELETE' ? new Response(null, { status: 401 }) : undefined,
    )
    const client = clientOf(withSessionRecovery()(server.fetch))
    await client.connect()
    expect((await client.send('DELETE')).status).toBe(401)
    server.forget()
    expect((await client.call()).answer).toMatchObject({ result: { on: 'session-2' } })
  })
})

describe('a replay', () => {
  it('keeps what belongs to its own request', async () => {
    const server = inProcessServer()
    const client = clientOf(withSessionRecovery()(server.fetch))
    await client.connect({ 'x-api-key': 'old', 'idempotency-key': '0' })
    server.forget()
    const own = (key: string) => ({ 'x-api-key': 'new', 'idempotency-key': key, 'x-request-id': key })
    await Promise.all([client.call({}, own('1')), client.call({}, own('2'))])
    const replays = server.log.filter(({ headers }) => headers.get('mcp-session-id') === 'session-2').slice(1)
    expect(replays.map(({ headers }) => [headers.get('idempotency-key'), headers.get('x-request-id')])).toEqual([
      ['1', '1'],
      ['2', '2'],
    ])
    expect(replays.map(({ headers }) => headers.get('x-api-key'))).toEqual(['new', 'new'])
  })

  it('that the new session answers with an error of its own, under a 404, hands that error on', async () => {
    const server = inProcessServer(({ message }) =>
      message.method === 'tools/call'
        ? json(404, { jsonrpc: '2.0', id: message.id, error: { code: -32002, message: 'Resource not found' } })
        : undefined,
    )
    const client = clientOf(withSessionRecovery()(server.fetch))
    await client.connect()
    const { id, status, answer } = await client.call()
    expect([status, answer]).toEqual([
      200,
      { jsonrpc: '2.0', id, error: { code: -32002, message: 'Resource not found' } },
    ])
  })
})

describe('a refused call that may not be sent again', () => {
  const lostAndAway = (refusal: () => Response) => {
    let isLost = false
    const server = inProcessServer(({ message }) => {
      if (!isLost) return undefined
      return message.method === 'initialize' ? new Response(null, { status: 503 }) : refusal()
    })
    return { server, lose: () => (isLost = true) }
  }

  it.each(['never', 'hinted'] as const)('is not sent to the old session either, by the option %s', async (replay) => {
    const { server, lose } = lostAndAway(lost)
    const client = clientOf(withSessionRecovery({ replay })(server.fetch))
    await client.connect()
    lose()
    expect((await client.call()).answer).toMatchObject({ error: { code: -32010, data: { step: 'initialize' } } })
    expect(server.lines().slice(2)).toEqual(['tools/call 1', 'initialize'])
  })

  it('is of unknown outcome when a failure told of the loss and nobody is there to renew the session', async () => {
    const { server, lose } = lostAndAway(() => new Response('Session service terminated', { status: 500 }))
    const client = clientOf(withSessionRecovery()(server.fetch))
    await client.connect()
    lose()
    expect((await client.call()).answer).toMatchObject({ error: { code: -32011 } })
    expect(server.lines().slice(2)).toEqual(['tools/call 1', 'initialize'])
  })
})

it('a session whose id is minted again is not used from the moment that the server says so', async () => {
  const asked = gate()
  const acknowledge = gate()
  let minted = 0
  let isFresh = false
  const server = inProcessServer(async ({ message, headers }) => {
    const { method, id } = message
    if (method === 'initialize') {
      const result = { protocolVersion: initializeParams.protocolVersion }
      return json(200, { jsonrpc: '2.0', id, result }, { 'mcp-session-id': String(++minted) })
    }
    if (method === 'notifications/initialized') {
      if (isFresh) {
        asked.open(undefined)
        await acknowledge.opened
      }
      return new Response(null, { status: 202 })
    }
    if (isFresh && Number(headers.get('mcp-session-id')) > minted) return lost()
    return json(200, { jsonrpc: '2.0', id, result: { for: message.params?.name } })
  })
  const fetch = withSessionRecovery()(server.fetch)
  const [first, second] = [clientOf(fetch), clientOf(fetch)]
  await first.connect()
  await second.connect()
  minted = 0
  isFresh = true
  const renewing = second.call({ name: 'second' })
  await asked.opened
  const call = first.call({ name: 'first' })
  acknowledge.open(undefined)
  await Promise.all([renewing, call])
  const calls = server.log.filter(({ message }) => message.params?.name === 'first')
  expect(calls.map(({ headers }) => headers.get('mcp-session-id'))).toEqual(['2'])
})

it('a new session that is given up is ended with the newest token', async () => {
  const acknowledged = gate()
  const refusal = gate<Response>()
  const ended = gate()
  let isLost = false
  const server = inProcessServer(({ method, message, headers }) => {
    if (method === 'DELETE') ended.open(undefined)
    if (!isLost || message.method !== 'notifications/initialized') return undefined
    acknowledged.open(undefined)
    return headers.get('mcp-session-id') === 'session-2' ? refusal.opened : undefined
  })
  const client = clientOf(withSessionRecovery()(server.fetch))
  await client.connect({ authorization: 'Bearer old' })
  server.forget()
  isLost = true
  const call = client.call({}, { authorization: 'Bearer old' })
  await acknowledged.opened
  const later = client.call({}, { authorization: 'Bearer new' })
  refusal.open(new Response(null, { status: 400 }))
  await ended.opened
  await Promise.all([call, later])
  const { headers } = server.log.find(({ method }) => method === 'DELETE') ?? {}
  expect(headers?.get('authorization')).toBe('Bearer new')
})

describe('an error', () => {
  it('holds none of the ids and tokens that we know, however short', async () => {
    let broken = false
    const server = inProcessServer(({ message, headers }) => {
      if (!broken || message.method !== 'initialize') return undefined
      return json(500, { error: `boom for ${headers.get('authorization') ?? ''} and session-1` })
    })
    const events: SessionEvent[] = []
    const client = clientOf(withSessionRecovery({ onEvent: (event) => events.push(event) })(server.fetch))
    await client.connect({ authorization: 'Bearer opensesame' })
    server.forget()
    broken = true
    const { answer } = await client.call({}, { authorization: 'Bearer opensesame' })
    const told = JSON.stringify([answer, events])
    expect(told).toContain('boom for')
    expect(told).not.toMatch(/opensesame|session-1/)
  })

  it('is made in no time from whatever a server says', async () => {
    const server = inProcessServer(({ message }) =>
      message.method === 'initialize' && message.id !== 'init'
        ? json(200, { jsonrpc: '2.0', id: message.id, error: { code: 1, message: 'x'.repeat(1_000_000) } })
        : undefined,
    )
    const client = clientOf(withSessionRecovery()(server.fetch))
    await client.connect()
    server.forget()
    const startedAt = performance.now()
    expect((await client.call()).answer).toMatchObject({ error: { code: -32010 } })
    // It took minutes; now it takes milliseconds.
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  })
})

it('two first requests of a resumed session make one session of it', async () => {
  const server = inProcessServer(({ message, headers }) =>
    headers.get('mcp-session-id') === 'stored' ? json(200, { jsonrpc: '2.0', id: message.id, result: {} }) : undefined,
  )
  const events: SessionEvent[] = []
  const fetch = withSessionRecovery({ transcript: initializeParams, onEvent: (event) => events.push(event) })(
    server.fetch,
  )
  const call = (id: number) =>
    fetch(endpoint, {
      method: 'POST',
      headers: { 'mcp-session-id': 'stored' },
      body: JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: {} }),
    })
  await Promise.all([call(1), call(2)])
  expect(events.map(({ type }) => type)).toEqual(['session-bound'])
  expect(server.lines()).toEqual(['tools/call stored', 'tools/call stored'])
})

it.each([401, 429, 503])('a ping answered %d proves nothing: the stream is away, not unwanted', async (status) => {
  let refusing = false
  const server = inProcessServer(({ method, message }) => {
    if (!refusing) return undefined
    if (message.method === 'ping') return new Response(null, { status })
    return method === 'GET' ? lost() : undefined
  })
  const client = clientOf(withSessionRecovery()(server.fetch))
  await client.connect()
  await client.send('GET')
  refusing = true
  const response = await client.send('GET')
  expect(response.status).toBe(200)
  await response.body?.cancel()
})

it('an event id of an earlier epoch is not sent, even when the server mints the same session id again', async () => {
  const known = new Set<string>()
  const server = inProcessServer(({ method, message, headers }) => {
    if (message.method === 'initialize') {
      known.add('1')
      const { protocolVersion } = initializeParams
      return json(200, { jsonrpc: '2.0', id: message.id, result: { protocolVersion } }, { 'mcp-session-id': '1' })
    }
    if (!known.has(headers.get('mcp-session-id') ?? '')) return lost()
    if (method === 'GET') return new Response('', { headers: { 'content-type': 'text/event-stream' } })
    return message.id === undefined
      ? new Response(null, { status: 202 })
      : json(200, { jsonrpc: '2.0', id: message.id, result: {} })
  })
  const client = clientOf(withSessionRecovery()(server.fetch))
  await client.connect()
  known.clear()
  await client.call()
  await client.send('GET', { 'last-event-id': 'old' })
  expect(server.log.at(-1)?.headers.get('last-event-id')).toBeNull()
})

it('a version that only the client and its server know is renewed as it was', async () => {
  const server = inProcessServer()
  server.settings.version = '1999-12-31'
  const client = clientOf(withSessionRecovery()(server.fetch))
  await client.connect()
  server.forget()
  expect((await client.call()).answer).toMatchObject({ result: { on: 'session-2' } })
})

it('a Request with a body that is no JSON is not read to look for initialize', async () => {
  const body = new ReadableStream<Uint8Array>()
  const request = new Request('http://elsewhere.test/upload', { method: 'POST', body, duplex: 'half' } as RequestInit)
  let passed: unknown
  const fetch = withSessionRecovery()((input) => {
    passed = input
    return Promise.resolve(new Response(null, { status: 204 }))
  })
  await fetch(request)
  expect(passed).toBe(request)
})

it('an empty session id is none', async () => {
  const server = inProcessServer(({ message }) =>
    message.method === 'initialize'
      ? json(200, { jsonrpc: '2.0', id: message.id, result: initializeParams }, { 'mcp-session-id': '' })
      : undefined,
  )
  const events: SessionEvent[] = []
  const client = clientOf(withSessionRecovery({ onEvent: (event) => events.push(event) })(server.fetch))
  await client.connect()
  expect(events).toEqual([])
})

it('a batch of answers is not sent to a session that did not ask', async () => {
  const server = inProcessServer(({ body, headers }) =>
    body.startsWith('[') && headers.get('mcp-session-id') === 'session-1' ? lost() : undefined,
  )
  const fetch = withSessionRecovery()(server.fetch)
  await clientOf(fetch).connect()
  const body = '[{"jsonrpc":"2.0","id":0,"result":{}},{"jsonrpc":"2.0","id":1,"result":{}}]'
  const response = await fetch(endpoint, { method: 'POST', headers: { 'mcp-session-id': 'session-1' }, body })
  expect(response.status).toBe(202)
  expect(server.log.filter(({ body: sent }) => sent === body)).toHaveLength(1)
})

it('many calls that wait on one signal make one listener of it', async () => {
  const warnings: Error[] = []
  const onWarning = (warning: Error) => warnings.push(warning)
  process.on('warning', onWarning)
  const server = inProcessServer()
  const client = clientOf(withSessionRecovery()(server.fetch))
  await client.connect()
  server.forget()
  const { signal } = new AbortController()
  await Promise.all(Array.from({ length: 50 }, () => client.call({}, {}, { signal })))
  await new Promise((resolve) => setImmediate(resolve))
  process.off('warning', onWarning)
  expect(warnings).toEqual([])
})

describe('limits', () => {
  it('a call is not replayed for ever by losses that others deal with', async () => {
    let epochs = 1
    const server = inProcessServer(async ({ message, headers }) => {
      if (message.params?.name !== 'unlucky') return undefined
      // While it is under way, another call finds the session lost and renews it, every time.
      if (headers.get('mcp-session-id') === `session-${String(epochs)}`) {
        epochs++
        server.forget()
        await client.call({ name: 'other' })
      }
      return lost()
    })
    const client = clientOf(withSessionRecovery()(server.fetch))
    await client.connect()
    expect((await client.call({ name: 'unlucky' })).answer).toMatchObject({
      error: { code: -32010, data: { cause: 'the session was lost again and again while it was sent' } },
    })
    expect(epochs).toBe(3)
  })

  it('a request that comes back from an outage is not sent to a session that is being renewed', async () => {
    const { server, asked, held } = serverWithHeldRenewal()
    const waits = gate<() => void>()
    const clock = {
      now: () => 0,
      schedule: (callback: () => void, delayMs: number) => {
        if (delayMs === 77) waits.open(callback)
        return () => undefined
      },
    }
    let isAway = true
    const fetch = withSessionRecovery({ clock, random: () => 0.385 })((url, init) => {
      const isUnlucky = isAway && typeof init?.body === 'string' && init.body.includes('unlucky')
      return isUnlucky ? Promise.resolve(new Response('', { status: 503 })) : server.fetch(url, init)
    })
    const client = clientOf(fetch)
    await client.connect()
    const unlucky = client.call({ name: 'unlucky' })
    const tryAgain = await waits.opened
    isAway = false
    server.forget()
    const call = client.call({ name: 'other' })
    await asked.opened
    tryAgain()
    await new Promise((resolve) => setImmediate(resolve))
    expect(server.lines().slice(2)).toEqual(['tools/call 1', 'initialize'])
    held.open(undefined)
    expect((await call).answer).toMatchObject({ result: { on: 'session-2' } })
    expect((await unlucky).answer).toMatchObject({ result: { on: 'session-2' } })
    expect(server.lines().slice(4)).toEqual(['notifications/initialized 2', 'tools/call 2', 'tools/call 2'])
  })

  it('an answer to the server goes to the session that could not be renewed: it may be alive', async () => {
    const { server, asked, held } = serverWithHeldRenewal()
    let isDoubtful = true
    const client = clientOf(
      withSessionRecovery()((url, init) => {
        const isCall = typeof init?.body === 'string' && init.body.includes('tools/call')
        return isCall && isDoubtful ? Promise.resolve(lost()) : server.fetch(url, init)
      }),
    )
    await client.connect()
    server.settings.version = 'one that nobody knows'
    const call = client.call()
    await asked.opened
    const response = client.post({ id: 0, result: { roots: [] } })
    isDoubtful = false
    held.open(undefined)
    expect((await call).answer).toMatchObject({ error: { code: -32010 } })
    expect((await response).status).toBe(202)
    expect(server.lines().at(-1)).toBe('response 1')
  })

  it('a cancellation is not sent to a session that is being renewed', async () => {
    const { server, asked, held } = serverWithHeldRenewal()
    const client = clientOf(withSessionRecovery()(server.fetch))
    await client.connect()
    server.forget()
    const call = client.call()
    await asked.opened
    await client.post({ method: 'notifications/cancelled', params: { requestId: 'of long ago' } })
    held.open(undefined)
    await call
    expect(server.lines().join()).not.toContain('cancelled')
  })

  it('a refusal is read only so far', async () => {
    let pulled = 0
    const endless = () =>
      new ReadableStream<Uint8Array>(
        {
          pull(controller) {
            pulled++
            controller.enqueue(new Uint8Array(1024).fill(97))
          },
        },
        { highWaterMark: 0 },
      )
    const server = inProcessServer(({ message }) =>
      message.method === 'tools/call' ? new Response(endless(), { status: 400 }) : undefined,
    )
    const client = clientOf(withSessionRecovery()(server.fetch))
    await client.connect()
    const response = await client.post({ id: 1, method: 'tools/call' })
    expect(response.status).toBe(400)
    expect(pulled).toBeLessThan(100)
    await response.body?.cancel()
  })
})

it('the requests of the engine are sent with the settings of the client’s', async () => {
  const server = inProcessServer()
  const client = clientOf((url, init) => fetch(url, { ...init, redirect: 'manual', credentials: 'include' }))
  const fetch = withSessionRecovery()(server.fetch)
  await client.connect()
  server.forget()
  await client.call()
  expect(server.log.map(({ init: { redirect, credentials } }) => [redirect, credentials])).toEqual(
    Array(server.log.length).fill(['manual', 'include']),
  )
})

it('a challenge to what is restored can be read, although the recovery is over', async () => {
  let isLost = false
  const server = inProcessServer(({ message, init }) => {
    if (!isLost || message.method !== 'logging/setLevel') {
      return message.method === 'logging/setLevel'
        ? json(200, { jsonrpc: '2.0', id: message.id, result: {} })
        : undefined
    }
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        init.signal?.addEventListener('abort', () => {
          controller.error(init.signal?.reason)
        })
        setTimeout(() => {
          controller.enqueue(new TextEncoder().encode('sign in'))
          controller.close()
        })
      },
    })
    return new Response(body, { status: 401, headers: { 'www-authenticate': 'Bearer' } })
  })
  const client = clientOf(withSessionRecovery()(server.fetch))
  await client.connect()
  await (await client.post({ id: 'level', method: 'logging/setLevel', params: { level: 'info' } })).text()
  server.forget()
  isLost = true
  const response = await client.post({ id: 1, method: 'tools/call', params: {} })
  expect(response.status).toBe(401)
  expect(await response.text()).toBe('sign in')
})

it('a log level is not forgotten because a server that lost the next session echoes the id', async () => {
  const levels: string[] = []
  const server = inProcessServer(({ message, headers }) => {
    if (message.method !== 'logging/setLevel') return undefined
    const session = headers.get('mcp-session-id') ?? ''
    levels.push(session)
    const error = { code: -32001, message: 'Session not found' }
    if (session === 'session-2') return json(404, { jsonrpc: '2.0', id: message.id, error })
    return json(200, { jsonrpc: '2.0', id: message.id, result: {} })
  })
  const client = clientOf(withSessionRecovery()(server.fetch))
  await client.connect()
  await (await client.post({ id: 'level', method: 'logging/setLevel', params: { level: 'info' } })).text()
  server.forget()
  expect((await client.call()).answer).toMatchObject({ result: { on: 'session-3' } })
  expect(levels).toEqual(['session-1', 'session-2', 'session-3'])
})
