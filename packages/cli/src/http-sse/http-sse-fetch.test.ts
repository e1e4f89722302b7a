import { afterEach, describe, expect, it } from 'vitest'
import { createLog } from '../log/log.js'
import {
  event,
  initializeLine,
  json,
  openEvents,
  type Received,
  type Script,
  startScriptedServer,
} from '../testing/scripted-server.fixture.js'
import { createUpstreamFetch } from '../upstream/create-upstream-fetch.js'
import { type TransportChoice, withTransport } from './with-transport.js'

let closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.reverse()) await close()
  closers = []
})

const headers = { 'content-type': 'application/json', authorization: 'Bearer t1' }
const call = (id: number, extra: object = {}): string =>
  JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: extra })
const result = (id: unknown, value: object = {}): string => JSON.stringify({ jsonrpc: '2.0', id, result: value })
const news = '{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}'
const path = ({ request }: Received): string => request.url ?? ''

async function connect(script: Script, transport: TransportChoice = 'sse') {
  const server = await startScriptedServer(script)
  closers.push(server.close)
  const upstream = createUpstreamFetch()
  closers.push(upstream.close)
  const fetch = withTransport({ url: server.url, transport, log: createLog([]) })(upstream.fetch)
  const send = (body: string, more: Record<string, string> = {}, signal?: AbortSignal): Promise<Response> =>
    fetch(server.url, { method: 'POST', headers: { ...headers, ...more }, body, ...(signal ? { signal } : {}) })
  return { server, fetch, send }
}

/** A server whose stream is at hand: what a message is answered with is the test's. */
function sse(onMessage: Script = ({ response }) => response.writeHead(202).end('Accepted')) {
  const streams: Received[] = []
  const script: Script = (received) => {
    const { method, message, response } = received
    if (method === 'GET') {
      streams.push(received)
      openEvents(response)
      response.write('event: endpoint\ndata: /message?sessionId=1\n\n')
    } else if (!path(received).startsWith('/message')) response.writeHead(405).end()
    else if (message.method === 'initialize') {
      response.writeHead(202).end('Accepted')
      streams.at(-1)?.response.write(event(result(message.id, { protocolVersion: '2024-11-05' })))
    } else return onMessage(received)
    return undefined
  }
  const say = (text: string): unknown => streams.at(-1)?.response.write(text)
  return { script, streams, say }
}

/** A session on such a server. */
async function inSession(onMessage?: Script, transport?: TransportChoice) {
  const scripted = sse(onMessage)
  const connection = await connect(scripted.script, transport)
  const begun = await connection.send(initializeLine)
  const id = begun.headers.get('mcp-session-id') ?? ''
  expect(await begun.text()).toBe(event(result(0, { protocolVersion: '2024-11-05' })).replace(/^/, 'event: message\n'))
  const session = { 'mcp-session-id': id }
  const listen = (signal?: AbortSignal): Promise<Response> =>
    connection.fetch(connection.server.url, { headers: session, ...(signal ? { signal } : {}) })
  return { ...scripted, ...connection, id, session, listen }
}

const causeOf = (promise: Promise<unknown>): Promise<{ code?: string; message?: string }> =>
  promise.then(
    () => ({}),
    (error: unknown) => (error as Error).cause as { code?: string; message?: string },
  )

describe('a session', () => {
  it('begins with a stream, and messages go where its endpoint event says, with all headers but our session id', async () => {
    const { server, send, session, say } = await inSession()
    const response = await send(call(1), { ...session, 'mcp-protocol-version': '2024-11-05' })
    say(event(result(1)))
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(await response.text()).toContain(`data: ${result(1)}`)
    const [, stream, , message] = [undefined, ...server.received]
    expect(stream?.headers).toMatchObject({ accept: 'text/event-stream', authorization: 'Bearer t1' })
    expect(message).toMatchObject({ body: call(1), headers: { 'mcp-protocol-version': '2024-11-05' } })
    expect(message?.headers).toMatchObject({ authorization: 'Bearer t1' })
    expect(message?.headers['mcp-session-id']).toBeUndefined()
  })

  it('answers calls in parallel, each on its own stream, in the order of the server', async () => {
    const { send, session, say } = await inSession()
    const responses = await Promise.all([1, 2, 3].map((id) => send(call(id), session)))
    for (const id of [3, 1, 2]) say(event(result(id, { of: id })))
    const texts = await Promise.all(responses.map((response) => response.text()))
    expect(texts.map((text) => /"of":(\d)/.exec(text)?.[1])).toEqual(['1', '2', '3'])
  })

  it('brings progress to its call before the acknowledgement came', async () => {
    let acknowledge: () => unknown = () => undefined
    const { send, session, say, server } = await inSession(({ response }) => {
      acknowledge = () => response.writeHead(202).end()
    })
    const sent = send(call(1, { _meta: { progressToken: 't' } }), session)
    await server.request(({ message }) => message.id === 1)
    const progress = '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"t","progress":1}}'
    say(event(progress))
    const reader = (await sent).body?.getReader()
    expect(new TextDecoder().decode((await reader?.read())?.value as Uint8Array)).toContain(progress)
    acknowledge()
    say(event(result(1)))
    expect(new TextDecoder().decode((await reader?.read())?.value as Uint8Array)).toContain(result(1))
    expect((await reader?.read())?.done).toBe(true)
  })

  it('brings what the server says of its own accord on the standalone stream, of which there is one', async () => {
    const { say, listen } = await inSession()
    // Said before anybody listens: it is not lost.
    say(event(news))
    const leaving = new AbortController()
    const reader = (await listen(leaving.signal)).body?.getReader()
    expect(new TextDecoder().decode((await reader?.read())?.value as Uint8Array)).toContain(news)
    expect((await listen()).status).toBe(409)
    leaving.abort()
    await expect(reader?.read()).rejects.toThrow()
    expect((await listen()).status).toBe(200)
  })

  it('takes the answer in the POST itself, where a server puts it there', async () => {
    const { send, session } = await inSession(({ response, message }) => {
      json(response, result(message.id, { inline: true }))
    })
    expect(await (await send(call(1), session)).text()).toContain('"inline":true')
  })

  it('does not take a body that is no message for an answer', async () => {
    const { send, session, say } = await inSession(({ response }) => {
      json(response, '{"status":"accepted"}')
    })
    const response = await send(call(1), session)
    say(event(result(1)))
    expect(await response.text()).toContain(result(1))
  })

  it('passes a refusal of a message as it is', async () => {
    const { send, session } = await inSession(({ response }) => response.writeHead(401).end('who?'))
    const response = await send(call(1), session)
    expect([response.status, await response.text()]).toEqual([401, 'who?'])
  })

  it('breaks a call off that was refused after something had come for it', async () => {
    let refuse: () => unknown = () => undefined
    const { send, session, say, server } = await inSession(({ response }) => {
      refuse = () => response.writeHead(500).end()
    })
    const sent = send(call(1), session)
    await server.request(({ message }) => message.id === 1)
    say(event(news))
    const response = await sent
    refuse()
    await expect(response.text()).rejects.toThrow('terminated')
  })

  it('lets go of a call that is cancelled; its answer is nobody’s', async () => {
    const { send, session, say } = await inSession()
    const cancelling = new AbortController()
    const response = await send(call(1), session, cancelling.signal)
    cancelling.abort()
    await expect(response.text()).rejects.toThrow()
    say(event(result(1)))
    const next = await send(call(2), session)
    say(event(result(2)))
    expect(await next.text()).toContain(result(2))
  })

  it('shows a call that the server lives, by its comments', async () => {
    const { send, session, say } = await inSession()
    const response = await send(call(1), session)
    say(': keep-alive\n\n')
    const reader = response.body?.getReader()
    expect(new TextDecoder().decode((await reader?.read())?.value as Uint8Array)).toBe(':\n\n')
  })

  it('is as slow as who reads it: one message is held, the server waits with the rest', async () => {
    const { send, session, streams, say } = await inSession()
    const response = await send(call(1, { _meta: { progressToken: 1 } }), session)
    const filler = 'x'.repeat(1024 * 1024)
    const total = 64
    for (let progress = 1; progress <= total; progress++) {
      const params = { progressToken: 1, progress, message: filler }
      say(event(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/progress', params })))
    }
    const socket = streams[0]?.response
    // Nobody reads yet: what the system's buffers do not take stays with the server.
    expect(socket?.writableLength).toBeGreaterThan((total / 2) * filler.length)
    say(event(result(1)))
    const text = await response.text()
    expect(text.match(/"progress":\d+/g)).toHaveLength(total)
    expect(text).toContain(result(1))
  })

  it('ends with its stream: open calls break off, and its id is answered 404, which says that nothing was run', async () => {
    const { send, session, listen, streams, server } = await inSession()
    const [answered, standalone] = [await send(call(1), session), await listen()]
    streams[0]?.response.destroy()
    await expect(answered.text()).rejects.toThrow('terminated')
    await expect(standalone.text()).rejects.toThrow('terminated')
    const before = server.received.length
    for (const refused of [await send(call(2), session), await listen()]) {
      expect(refused.status).toBe(404)
      expect(refused.headers.get('mcp-not-dispatched')).toBe('1')
      expect(await refused.json()).toMatchObject({
        id: null,
        error: { message: expect.stringContaining('Session') as string },
      })
    }
    expect(server.received).toHaveLength(before)
  })

  it('ends with its stream while a message is on its way: its outcome is unknown', async () => {
    const { send, session, streams, server } = await inSession(() => undefined)
    const cause = causeOf(send(call(1), session))
    await server.request(({ message }) => message.id === 1)
    streams[0]?.response.destroy()
    expect(await cause).toMatchObject({ sent: true })
  })

  it('ends with DELETE, and with the next one', async () => {
    const { fetch, send, session, server, streams } = await inSession()
    const next = await send(initializeLine)
    expect(next.headers.get('mcp-session-id')).not.toBe(session['mcp-session-id'])
    // Nobody waits for anything in the first one.
    expect((await send(call(1), session)).status).toBe(404)
    const second = { 'mcp-session-id': next.headers.get('mcp-session-id') ?? '' }
    const closed = new Promise((resolve) => streams[1]?.response.once('close', resolve))
    expect((await fetch(server.url, { method: 'DELETE', headers: second })).status).toBe(200)
    await closed
    expect((await fetch(server.url, { method: 'DELETE', headers: second })).status).toBe(404)
  })

  it('is begun again after the time that the server asked for', async () => {
    const { send, say, streams, listen } = await inSession()
    const standalone = await listen()
    say(`retry: 300\n\n${event(news)}`)
    const reader = standalone.body?.getReader()
    await reader?.read()
    streams[0]?.response.end()
    await reader?.read().catch(() => undefined)
    const begin = performance.now()
    expect((await send(initializeLine)).status).toBe(200)
    expect(performance.now() - begin).toBeGreaterThanOrEqual(250)
  })
})

describe('a server that does it wrong', () => {
  const opening =
    (text: string, end = false): Script =>
    ({ response, method }) => {
      if (method !== 'GET') {
        response.writeHead(405).end()
        return
      }
      openEvents(response)
      response.write(text)
      if (end) response.end()
    }

  it.each<[string, Script, string, string]>([
    ['no endpoint event', opening(event(news)), 'SSE_NO_ENDPOINT', 'does not begin with an endpoint event'],
    [
      'an endpoint on another origin',
      opening('event: endpoint\ndata: http://127.0.0.2:9/message\n\n'),
      'SSE_BAD_ENDPOINT',
      'another origin',
    ],
    ['a stream that ends at once', opening('', true), 'UND_ERR_SOCKET', 'ended before its endpoint event'],
  ])('%s', async (_name, script, code, message) => {
    const { send } = await connect(script)
    expect(await causeOf(send(initializeLine))).toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
    })
  })

  it('no stream: its answer to the GET is that to initialize', async () => {
    const { send } = await connect(({ response }) => response.writeHead(403).end())
    expect((await send(initializeLine)).status).toBe(403)
  })

  it('endless comments instead of an endpoint: given up after 10 s', async () => {
    const { send } = await connect(({ response }) => {
      openEvents(response)
      const timer = setInterval(() => response.write(': still here\n\n'), 100)
      response.once('close', () => {
        clearInterval(timer)
      })
    })
    expect(await causeOf(send(initializeLine))).toMatchObject({
      code: 'SSE_NO_ENDPOINT',
      message: 'no endpoint event came within 10 s',
    })
  })

  it('a stream that ends before initialize is answered: no session', async () => {
    const scripted = sse()
    const { send } = await connect((received) => {
      if (received.message.method === 'initialize') {
        received.response.writeHead(202).end()
        scripted.streams[0]?.response.destroy()
      } else scripted.script(received)
    })
    await expect(send(initializeLine)).rejects.toThrow(TypeError)
  })

  it('an error for initialize ends the stream', async () => {
    const scripted = sse()
    const error = '{"jsonrpc":"2.0","id":0,"error":{"code":-32602,"message":"no"}}'
    const { send } = await connect((received) => {
      if (received.message.method === 'initialize') {
        received.response.writeHead(202).end()
        scripted.say(event(error))
      } else scripted.script(received)
    })
    const response = await send(initializeLine)
    const closed = new Promise((resolve) => scripted.streams[0]?.response.once('close', resolve))
    expect(await response.text()).toContain(error)
    await closed
  })
})

describe('which transport it is', () => {
  const gets = ({ received }: { received: readonly Received[] }): number =>
    received.filter(({ method }) => method === 'GET').length

  it.each([401, 403, 500, 502, 503, 429, 410])('auto: a POST answered %i is not the old one', async (status) => {
    const { send, server } = await connect(({ response }) => response.writeHead(status).end(), 'auto')
    expect((await send(initializeLine)).status).toBe(status)
    expect(gets(server)).toBe(0)
  })

  it.each([400, 404, 405])('auto: a POST answered %i, and no stream: what the POST was answered', async (status) => {
    const { send, server } = await connect(({ response, method }) => {
      response.writeHead(method === 'GET' ? 404 : status).end(method)
    }, 'auto')
    const response = await send(initializeLine)
    expect([response.status, await response.text()]).toEqual([status, 'POST'])
    expect(gets(server)).toBe(1)
  })

  it('auto: a stream that wants a sign-in', async () => {
    const { send } = await connect(({ response, method }) => {
      response.writeHead(method === 'GET' ? 401 : 404).end()
    }, 'auto')
    expect((await send(initializeLine)).status).toBe(401)
  })

  it('auto: what it was is remembered', async () => {
    const { send, server, session, streams } = await inSession(undefined, 'auto')
    streams[0]?.response.destroy()
    await server.request(({ method }) => method === 'GET')
    expect((await send(initializeLine)).status).toBe(200)
    // The first initialize went to the stream's address once; no other POST ever does.
    expect(server.received.filter((one) => one.method === 'POST' && path(one) === '/mcp')).toHaveLength(1)
    expect((await send(call(1), session)).status).toBe(404)
  })

  it('auto: a server of Streamable HTTP that later answers 404 is not tried with the old one', async () => {
    let isAway = false
    const { send, server } = await connect(({ response, message }) => {
      if (isAway) response.writeHead(404).end()
      else json(response, result(message.id))
    }, 'auto')
    expect((await send(initializeLine)).status).toBe(200)
    isAway = true
    expect((await send(initializeLine)).status).toBe(404)
    expect(gets(server)).toBe(0)
  })

  it('http: the old one is never tried', async () => {
    const { send, server } = await connect(sse().script, 'http')
    expect((await send(initializeLine)).status).toBe(405)
    expect(gets(server)).toBe(0)
  })

  it('sse: other addresses, and what is no session’s, are not its affair', async () => {
    const { fetch, send, server } = await connect(({ response }) => response.writeHead(200).end('token'), 'sse')
    expect(await (await fetch(new URL('/token', server.url), { method: 'POST', body: 'x' })).text()).toBe('token')
    expect((await send(call(1))).status).toBe(400)
    expect(server.received).toHaveLength(1)
  })
})

describe('a large message', () => {
  const text = 'x'.repeat(2 * 1024 * 1024)

  it('that answers a call goes to it, whole, with nothing in between', async () => {
    const { send, session, say } = await inSession()
    const response = await send(call(1), session)
    say(':\n\n')
    say(event(result(1, { text })))
    say(':\n\n')
    expect((await response.text()).replaceAll(':\n\n', '') === `event: message\n${event(result(1, { text }))}`).toBe(
      true,
    )
  })

  it('that is for nobody in particular goes to the standalone stream', async () => {
    const large = JSON.stringify({ jsonrpc: '2.0', method: 'note', params: { text } })
    const { listen, say } = await inSession()
    const { body } = await listen()
    say(event(large) + event(news))
    let received = ''
    for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
      received += new TextDecoder().decode(chunk)
      if (received.endsWith(`${news}\n\n`)) break
    }
    expect(received === `event: message\n${event(large)}event: message\n${event(news)}`).toBe(true)
  })

  it('that nobody can look into breaks off what waits', async () => {
    const { send, session, say } = await inSession()
    const response = await send(call(1), session)
    say(event(`[${result(1, { text: 'x'.repeat(17 * 1024 * 1024) })}]`))
    expect(await causeOf(response.text())).toMatchObject({
      code: 'ERR_TOO_LARGE',
      message: expect.stringContaining('it is a batch of 17 MiB') as string,
    })
  })
})
