import { describe, expect, it } from 'vitest'
import { clientOf, gate, lost, serverWithHeldRenewal, type Seen } from './in-process-server.fixture.js'
import {
  breakingStream,
  endingStream,
  event,
  messagesOf,
  result,
  streaming,
  streamOf,
} from './streaming-server.fixture.js'
import { withSessionRecovery } from './with-session-recovery.js'

const note = (text: string) => ({ method: 'notifications/message', params: { data: text } })
const question = (id: unknown, text = '?') => ({ id, method: 'elicitation/create', params: { message: text } })
const isGet = ({ method }: Seen) => method === 'GET'

/** A client that listens on its standalone stream; each GET is answered by the next of these. */
async function listening(...answers: (Response | ((seen: Seen) => Response))[]) {
  const left = [...answers]
  const all = await streaming((seen) => {
    if (!isGet(seen)) return undefined
    const answer = left.shift() ?? streamOf().response
    return typeof answer === 'function' ? answer(seen) : answer
  })
  const caller = new AbortController()
  const response = await all.fetch('http://server.test/mcp', {
    headers: { accept: 'text/event-stream', 'mcp-session-id': all.client.sessionId ?? '' },
    signal: caller.signal,
  })
  const gets = () => all.server.lines().filter((line) => line.startsWith('GET'))
  return { ...all, response, messages: messagesOf(response), gets, caller }
}

describe('the standalone stream', () => {
  it.each([
    ['ends', endingStream],
    ['breaks off', breakingStream],
  ])('that %s is opened again, after its last event', async (_how, streamBy) => {
    const { messages, server, clock } = await listening(
      streamBy(event(note('one'), '1')),
      streamOf(event(note('two'), '2')).response,
    )
    expect(await messages.next()).toMatchObject(note('one'))
    expect(await messages.next()).toMatchObject(note('two'))
    expect(clock.now()).toBe(1_000)
    expect(server.log.filter(isGet).map(({ headers }) => headers.get('last-event-id'))).toEqual([null, '1'])
  })

  it('is opened again at the server’s own pace, and ever more slowly in vain', async () => {
    const times: number[] = []
    const all = await listening(
      endingStream('retry: 5000\n\n'),
      ...Array.from({ length: 6 }, () => () => {
        times.push(all.clock.now())
        return new Response(null, { status: 500 })
      }),
      streamOf(event(note('at last'))).response,
    )
    expect(await all.messages.next()).toMatchObject(note('at last'))
    expect(times).toEqual([5_000, 10_000, 15_000, 20_000, 28_000, 44_000])
  })

  it('of a lost session is opened in the next one, while nobody calls anything', async () => {
    const first = streamOf(event(note('one'), '1'))
    const { messages, server, events } = await listening(
      first.response,
      lost,
      streamOf(event(note('two'), '1')).response,
    )
    expect(await messages.next()).toMatchObject(note('one'))
    server.forget()
    first.end()
    expect(await messages.next()).toMatchObject(note('two'))
    expect(server.lines().slice(4)).toEqual(['GET 1', 'ping 1', 'initialize', 'notifications/initialized 2', 'GET 2'])
    expect(server.log.at(-1)?.headers.has('last-event-id')).toBe(false)
    expect(events.map(({ type }) => type)).toContain('session-lost')
  })

  it('is replaced at once when a call finds the session lost', async () => {
    const first = streamOf(event(note('one')))
    const { messages, server, client, clock } = await listening(
      first.response,
      streamOf(event(note('two'), 'x')).response,
    )
    await messages.next()
    server.forget()
    const next = messages.next()
    await client.call()
    expect(await next).toMatchObject(note('two'))
    expect(first.left).toBe(true)
    expect(clock.now()).toBe(0)
  })

  it('that the server does not offer any more is asked for again in the next session only', async () => {
    const { messages, server, client, gets } = await listening(
      endingStream(event(note('one'))),
      () => new Response(null, { status: 405 }),
      streamOf(event(note('two'))).response,
    )
    await messages.next()
    const next = messages.next()
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(gets()).toHaveLength(2)
    server.forget()
    await client.call()
    expect(await next).toMatchObject(note('two'))
    expect(gets()).toEqual(['GET 1', 'GET 1', 'GET 2'])
  })

  it('that was never open is not offered when the server says 404', async () => {
    const { response, server } = await listening(lost)
    expect(response.status).toBe(405)
    expect(server.lines()).not.toContain('ping 1')
  })

  it('comes when the server is there, for a client that asked for it too early', async () => {
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })
    const { response, messages, clock } = await listening(
      () => {
        throw new TypeError('fetch failed', { cause: refused })
      },
      () => new Response(null, { status: 503 }),
      streamOf(event(note('here'))).response,
    )
    expect(response.status).toBe(200)
    expect(await messages.next()).toMatchObject(note('here'))
    expect(clock.now()).toBe(1_000 + 1_000)
  })

  it('comes when the session is renewed, for a client that asked for it when that failed', async () => {
    const { server, asked, held } = serverWithHeldRenewal()
    const resumed = gate()
    // Pauses are short, deadlines never come.
    const schedule = (callback: () => void, delayMs: number) => {
      if (delayMs <= 1_000) setImmediate(callback)
      return () => undefined
    }
    const client = clientOf(
      withSessionRecovery({
        clock: { now: () => 0, schedule },
        onEvent: ({ type }) => {
          if (type === 'stream-resumed') resumed.open(undefined)
        },
      })(server.fetch),
    )
    await client.connect()
    server.forget()
    server.settings.version = 'one that nobody knows'
    const call = client.call()
    await asked.opened
    const stream = client.send('GET')
    held.open(undefined)
    expect((await call).answer).toMatchObject({ error: { code: -32010 } })
    const response = await stream
    expect(response.status).toBe(200)
    server.settings.version = undefined
    const reader = response.body?.getReader()
    reader?.read().catch(() => undefined)
    expect((await client.call()).answer).toMatchObject({ result: { on: 'session-3' } })
    await resumed.opened
    expect(server.lines()).toContain('GET 3')
    await reader?.cancel()
  })

  it('comes after the last event, for a client that comes back to it while nobody is there', async () => {
    const { server, fetch, client, clock } = await streaming(
      ((left: Response[]) => (seen: Seen) => (isGet(seen) ? left.shift() : undefined))([
        new Response(null, { status: 502 }),
        new Response(null, { status: 502 }),
        streamOf(event(note('two'), '2')).response,
      ]),
    )
    const headers = { accept: 'text/event-stream', 'mcp-session-id': client.sessionId ?? '', 'last-event-id': '1' }
    const response = await fetch('http://server.test/mcp', { headers })
    expect(response.status).toBe(200)
    expect(await messagesOf(response).next()).toMatchObject(note('two'))
    expect(clock.now()).toBe(1_000 + 1_000)
    expect(server.log.filter(isGet).map((get) => get.headers.get('last-event-id'))).toEqual(['1', '1', '1'])
  })

  it('is not waited for for ever when it never comes', async () => {
    const { messages, gets, clock, caller } = await listening(
      ...Array<() => Response>(20).fill(() => new Response(null, { status: 503 })),
    )
    const next = messages.next().catch((error: unknown) => error)
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(gets()).toHaveLength(7)
    expect(clock.pending).toBe(0)
    caller.abort(new Error('enough'))
    expect(await next).toMatchObject({ message: 'enough' })
  })

  it('breaks for a client that signs in when it has to, so that it opens it again itself; for no other', async () => {
    const refused = () => new Response(null, { status: 401 })
    const signing = await listening(endingStream(), refused, refused, streamOf(event(note('in'))).response)
    await signing.client.call({}, { authorization: 'Bearer other' })
    await expect(signing.messages.next()).rejects.toThrow('sign in')
    expect((await signing.client.send('GET', { authorization: 'Bearer other' })).status).toBe(401)
    const stored = await listening(endingStream(), refused, refused, streamOf(event(note('in'))).response)
    expect(await stored.messages.next()).toMatchObject(note('in'))
  })

  it.each(['while it is refused', 'later'])('is opened at once when its client signs in %s', async (when) => {
    const signIn = () => all.client.call({}, { authorization: 'Bearer new' })
    const all = await listening(
      endingStream(),
      () => {
        if (when === 'later') setImmediate(() => void signIn())
        else void signIn()
        return new Response(null, { status: 401 })
      },
      streamOf(event(note('in'))).response,
    )
    expect(await all.messages.next()).toMatchObject(note('in'))
    expect(all.clock.now()).toBe(1_000)
    expect(all.server.log.filter(isGet).at(-1)?.headers.get('authorization')).toBe('Bearer new')
  })

  it('asks without the event id that the server stumbles over', async () => {
    const { messages, server } = await listening(
      endingStream(event(note('one'), '1')),
      () => new Response(null, { status: 400 }),
      streamOf(event(note('two'))).response,
    )
    await messages.next()
    expect(await messages.next()).toMatchObject(note('two'))
    expect(server.log.filter(isGet).map(({ headers }) => headers.get('last-event-id'))).toEqual([null, '1', null])
  })

  it('goes on without end for the client, until it leaves', async () => {
    const stream = streamOf(': keep-alive\n\n')
    const { messages, clock, server, client } = await listening(stream.response)
    const next = messages.next().catch(() => undefined)
    await messages.leave()
    await next
    expect(stream.left).toBe(true)
    server.forget()
    await client.call()
    expect(clock.pending).toBe(0)
    expect(server.lines().filter((line) => line.startsWith('GET'))).toHaveLength(1)
  })

  it('ends when the client ends the session', async () => {
    const stream = streamOf()
    const { messages, client } = await listening(stream.response)
    const next = messages.next()
    await client.send('DELETE')
    expect(await next).toBeUndefined()
    expect(stream.left).toBe(true)
  })

  it('passes comments and fields of later epochs', async () => {
    const { response, server, client } = await listening(
      streamOf().response,
      streamOf(': hello\n\nid: 1\ndata: \n\n', event(note('x'), '2')).response,
    )
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    const read = reader?.read()
    server.forget()
    await client.call()
    let text = (await read)?.value ?? ''
    while (!text.includes('"x"')) text += (await reader?.read())?.value ?? ''
    expect(text).toMatch(
      /^: hello\n\nid: mcp-tether-[0-9a-f]{8}\.2\.1\ndata: \n\nid: mcp-tether-[0-9a-f]{8}\.2\.2\ndata: /,
    )
  })
})

describe('an event id that a client comes back with', () => {
  it('goes upstream as the server gave it, and never to another session', async () => {
    const { messages, server, client } = await listening(
      streamOf().response,
      streamOf(event(note('x'), '2')).response,
      endingStream(),
      endingStream(),
    )
    const next = messages.next()
    server.forget()
    await client.call()
    await next
    await messages.leave()
    const outward = `${/mcp-tether-[0-9a-f]{8}/.exec(JSON.stringify(server.log.map(({ message }) => message.id)))?.[0] ?? ''}.2.2`
    const asked = async (id: string) => {
      await (await client.send('GET', { 'last-event-id': id })).body?.cancel()
      return server.log.at(-1)?.headers.get('last-event-id')
    }
    expect(await asked(outward)).toBe('2')
    expect(await asked('2')).toBeNull()
  })
})

describe('a server’s question', () => {
  const answer = (id: unknown) => ({ id, result: { action: 'accept' } })

  it('of a lost session is withdrawn, and a late answer to it reaches nobody', async () => {
    const { messages, server, client } = await listening(
      streamOf(event(question(0, 'old'))).response,
      streamOf(event(question(0, 'new'))).response,
    )
    expect(await messages.next()).toMatchObject(question(0, 'old'))
    server.forget()
    const next = messages.next()
    await client.call()
    const both = [await next, await messages.next()]
    expect(both).toContainEqual(
      expect.objectContaining({
        method: 'notifications/cancelled',
        params: expect.objectContaining({ requestId: 0 }) as object,
      }),
    )
    const asked = both.find(
      (message) => (message as Seen['message']).method === 'elicitation/create',
    ) as Seen['message']
    expect(asked.id).toMatch(/\.2\.n\.0$/)

    const before = server.log.length
    expect((await client.post(answer(0))).status).toBe(202)
    expect(server.log).toHaveLength(before)
    expect((await client.post(answer(asked.id))).status).toBe(202)
    expect(JSON.parse(server.log.at(-1)?.body ?? '')).toEqual({ jsonrpc: '2.0', ...answer(0) })
  })

  it('has its progress told under its own token, in its own session only', async () => {
    const asking = { ...question('a b'), params: { _meta: { progressToken: 5 } } }
    const { messages, server, client } = await listening(streamOf().response, streamOf(event(asking)).response)
    const next = messages.next()
    server.forget()
    await client.call()
    const asked = (await next) as { id: string; params: { _meta: { progressToken: string } } }
    const tell = (progressToken: unknown) =>
      client.post({ method: 'notifications/progress', params: { progressToken, progress: 1 } })
    await tell(asked.params._meta.progressToken)
    expect(server.log.at(-1)?.message.params).toEqual({ progressToken: 5, progress: 1 })
    const before = server.log.length
    expect((await tell(5)).status).toBe(202)
    expect(server.log).toHaveLength(before)
  })

  it('is withdrawn by the server under the id that the client knows', async () => {
    const withdrawal = { method: 'notifications/cancelled', params: { requestId: 3 } }
    const { messages, server, client } = await listening(
      streamOf().response,
      streamOf(event(question(3)), event(withdrawal)).response,
    )
    const next = messages.next()
    server.forget()
    await client.call()
    const asked = (await next) as Seen['message']
    expect(await messages.next()).toMatchObject({ params: { requestId: asked.id } })
  })

  it('that a dead session’s stream still brings is not shown', async () => {
    const stream = streamOf()
    const { call, client, server } = await streaming((seen, count) =>
      count === 1 && !isGet(seen) ? stream.response : undefined,
    )
    const messages = messagesOf(await call('write'))
    const next = messages.next()
    server.forget()
    await client.call()
    stream.write(event(question(0)))
    stream.write(event(result(7)))
    expect(await next).toMatchObject(result(7))
  })

  it('is withdrawn in front of the next answer when no stream is open', async () => {
    const stream = streamOf(event(question(4)))
    const { call, client, server } = await streaming((seen, count) =>
      count === 1 && !isGet(seen) ? stream.response : undefined,
    )
    expect(await messagesOf(await call('write')).next()).toMatchObject(question(4))
    server.forget()
    const response = await client.post({ id: 8, method: 'tools/call', params: { name: 'read' } })
    const messages = messagesOf(response)
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    expect(await messages.next()).toMatchObject({ method: 'notifications/cancelled', params: { requestId: 4 } })
    expect(await messages.next()).toMatchObject({ id: 8, result: { on: 'session-2' } })
  })
})

it('looks after the streams of two sessions apart', async () => {
  const { fetch, server } = await streaming((seen) =>
    isGet(seen) ? streamOf(event(note(seen.headers.get('mcp-session-id') ?? ''))).response : undefined,
  )
  const others = [clientOf(fetch), clientOf(fetch)]
  for (const other of others) await other.connect()
  const streams = await Promise.all(others.map(async (other) => messagesOf(await other.send('GET'))))
  expect(await Promise.all(streams.map((each) => each.next()))).toMatchObject([note('session-2'), note('session-3')])
  server.forget('session-2')
  const next = streams[0]?.next()
  await others[0]?.call()
  expect(await next).toMatchObject(note('session-4'))
})
