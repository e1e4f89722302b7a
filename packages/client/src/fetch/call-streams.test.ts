import { describe, expect, it } from 'vitest'
import { gate, json, lost } from './in-process-server.fixture.js'
import {
  breakingStream,
  broken,
  endingStream,
  event,
  eventsOf,
  messagesOf,
  result,
  streaming,
  streamOf,
} from './streaming-server.fixture.js'

const progress = (value: number) => ({
  method: 'notifications/progress',
  params: { progressToken: 1, progress: value },
})
const dataOf = async (response: Response) =>
  (await eventsOf(response)).filter(({ data }) => data !== '').map(({ data }) => JSON.parse(data) as unknown)

describe('a call’s stream that ends without its answer', () => {
  it.each([
    ['ends', endingStream],
    ['breaks off', breakingStream],
  ])('and %s is resumed after its last event', async (_how, streamBy) => {
    const { call, server, events } = await streaming(({ method }) =>
      method === 'POST'
        ? streamBy('id: 1\ndata: \n\n', event(progress(1), '2'))
        : endingStream(event(progress(2), '3'), event(result(7), '4')),
    )
    expect(await dataOf(await call('write'))).toMatchObject([progress(1), progress(2), result(7)])
    expect(server.lines().slice(3)).toEqual(['tools/call 1', 'GET 1'])
    expect(server.log.at(-1)?.headers.get('last-event-id')).toBe('2')
    expect(events.map(({ type }) => type).slice(-2)).toEqual(['stream-interrupted', 'stream-resumed'])
  })

  it('brings nothing twice when the server says more than it was asked for', async () => {
    const { call } = await streaming(({ method }) =>
      method === 'POST'
        ? breakingStream(event(progress(1), '1'), event(progress(2), '2'))
        : endingStream(event(progress(1), '1'), event(progress(2), '2'), event(result(7), '3')),
    )
    expect(await dataOf(await call('write'))).toMatchObject([progress(1), progress(2), result(7)])
  })

  it('is resumed when the server wants it, not much later than half a minute', async () => {
    const after = async (retry: number) => {
      const { call, clock } = await streaming(
        ({ method }) =>
          method === 'POST'
            ? endingStream(`retry: ${String(retry)}\nid: 1\ndata: \n\n`)
            : endingStream(event(result(7))),
        { outageBudget: 60_000 },
      )
      await dataOf(await call('write'))
      return clock.now()
    }
    expect(await after(5_000)).toBe(5_000)
    expect(await after(0)).toBe(0)
    expect(await after(3_600_000)).toBe(30_000)
  })

  it('may be ended on purpose as often as the server likes', async () => {
    const { call, clock } = await streaming(({ method }, count) =>
      method === 'POST' || count < 50 ? endingStream('retry: 2000\nid: 1\ndata: \n\n') : endingStream(event(result(7))),
    )
    expect(await dataOf(await call('write'))).toMatchObject([result(7)])
    expect(clock.now()).toBeGreaterThan(60_000)
  })

  it('is not resumed for longer than the outage budget', async () => {
    const { call, clock } = await streaming(({ method }) => {
      if (method === 'POST') return breakingStream('id: 1\ndata: \n\n')
      throw new TypeError('fetch failed')
    })
    expect(await dataOf(await call('write'))).toMatchObject([{ id: 7, error: { code: -32011 } }])
    expect(clock.now()).toBeGreaterThan(20_000)
    expect(clock.now()).toBeLessThanOrEqual(30_000)
  })

  it.each([
    [409, {}],
    [503, { 'retry-after': '2' }],
  ])('is resumed later when the server says %i', async (status, headers) => {
    const { call, server } = await streaming(({ method }, count) => {
      if (method === 'POST') return breakingStream('id: 1\ndata: \n\n')
      return count < 3
        ? new Response(null, { status, headers: headers as HeadersInit })
        : endingStream(event(result(7)))
    })
    expect(await dataOf(await call('write'))).toMatchObject([result(7)])
    expect(server.lines().filter((line) => line === 'GET 1')).toHaveLength(3)
  })

  it.each([404, 405, 400, 500])('of unknown outcome is told as such when the server answers %i', async (status) => {
    const { call, server } = await streaming(({ method }) =>
      method === 'POST' ? breakingStream('id: 1\ndata: \n\n') : new Response(null, { status }),
    )
    const [answer] = await dataOf(await call('write'))
    expect(answer).toMatchObject({ id: 7, error: { code: -32011, data: { code: 'outcome_unknown' } } })
    expect(JSON.stringify(answer)).toContain('the tool \\"write\\"')
    expect(server.lines().filter((line) => line.startsWith('tools/call'))).toHaveLength(1)
  })

  it('heals a session that turns out to be lost, though the call is', async () => {
    const { call, server, client } = await streaming(({ method }, count) => {
      if (method === 'GET') return lost()
      return count === 1 ? breakingStream('id: 1\ndata: \n\n') : undefined
    })
    const response = call('write')
    server.forget()
    expect(await dataOf(await response)).toMatchObject([{ error: { code: -32011 } }])
    expect((await client.call()).answer).toMatchObject({ result: { on: 'session-2' } })
    expect(server.lines().filter((line) => line === 'initialize')).toHaveLength(2)
    expect(server.lines()).toContain('ping 1')
  })

  it('without event ids is asked for anew when that is safe, and only then', async () => {
    const cut = () =>
      streaming((_seen, count) => (count === 1 ? breakingStream(event(progress(1))) : endingStream(event(result(7)))))
    const safe = await cut()
    expect(await dataOf(await safe.call('read'))).toMatchObject([progress(1), result(7)])
    const unsafe = await cut()
    expect(await dataOf(await unsafe.call('write'))).toMatchObject([progress(1), { id: 7, error: { code: -32011 } }])
    expect(unsafe.server.lines().filter((line) => line.startsWith('tools/call'))).toHaveLength(1)
  })

  it('shows no progress twice and none that goes back after it was asked for anew', async () => {
    const { call } = await streaming((_seen, count) =>
      count === 1
        ? breakingStream(event(progress(1)), event(progress(2)))
        : endingStream(...[1, 2, 3].map((value) => event(progress(value))), event(result(7))),
    )
    expect(await dataOf(await call('read'))).toMatchObject([progress(1), progress(2), progress(3), result(7)])
  })

  const answerTo = (id: number, text = 'done') => ({ jsonrpc: '2.0', ...result(id, text) })
  const eventOf = (message: unknown) => `data: ${JSON.stringify(message)}\n\n`

  it.each([
    ['as JSON', () => json(200, [answerTo(1, 'anew'), answerTo(2)])],
    ['event by event', () => endingStream(eventOf(answerTo(1, 'anew')), eventOf(answerTo(2)))],
    ['in one event', () => endingStream(eventOf([answerTo(1, 'anew'), answerTo(2)]))],
  ])('shows no answer of a batch twice when the batch was asked for anew and comes %s', async (_how, anew) => {
    const { client, server } = await streaming((_seen, count) =>
      count === 1 ? breakingStream(eventOf(answerTo(1))) : anew(),
    )
    const batch = [1, 2].map((id) => ({ jsonrpc: '2.0', id, method: 'tools/call', params: { name: 'read' } }))
    const response = await client.post([], {}, { body: JSON.stringify(batch) })
    expect((await dataOf(response)).flat()).toEqual([answerTo(1), answerTo(2)])
    expect(server.log.filter(({ message }) => Array.isArray(message))).toHaveLength(2)
  })

  it('is asked for anew in the new session when it died with the old one', async () => {
    const { call, server } = await streaming(({ headers }) => {
      if (headers.get('mcp-session-id') !== 'session-1') return endingStream(event(result(7), 'a'))
      return server.knows('session-1') ? breakingStream('id: 1\ndata: \n\n') : lost()
    })
    const response = await call('read')
    server.forget()
    const all = await eventsOf(response)
    expect(all.map(({ data }) => data).filter(Boolean)).toHaveLength(1)
    expect(
      server.log.filter(({ headers }) => headers.get('mcp-session-id') === 'session-2' && headers.has('last-event-id')),
    ).toEqual([])
    expect(all.at(-1)?.id).toMatch(/^mcp-tether-[0-9a-f]{8}\.2\.a$/)
  })

  it('is not asked for anew after the server has asked the client something', async () => {
    const question = { id: 0, method: 'elicitation/create', params: {} }
    const { call } = await streaming(() => breakingStream(event(question)))
    expect(await dataOf(await call('read'))).toMatchObject([question, { id: 7, error: { code: -32011 } }])
  })

  it('is not asked for anew for ever when the server dies of it', async () => {
    const { call, server } = await streaming(() => breakingStream(event({ method: 'notifications/message' })))
    const answers = await dataOf(await call('read'))
    expect(answers.at(-1)).toMatchObject({ id: 7, error: { code: -32011 } })
    expect(server.lines().filter((line) => line.startsWith('tools/call'))).toHaveLength(6)
  })

  it('in the middle of an event leaves no trace of it', async () => {
    const whole = event(result(7), '2')
    const { call } = await streaming(({ method }) =>
      method === 'POST' ? breakingStream('id: 1\ndata: \n\n', whole.slice(0, 20)) : endingStream(whole),
    )
    const read = await eventsOf(await call('write'))
    expect(read.filter(({ event: type, data }) => type === undefined && data !== '')).toHaveLength(1)
  })

  it('is left alone when the client took the call back', async () => {
    const stream = streamOf('id: 1\ndata: \n\n')
    const { call, client, server } = await streaming(() => stream.response)
    const response = await call('read')
    await client.post({ method: 'notifications/cancelled', params: { requestId: 7 } })
    stream.end()
    expect(await dataOf(response)).toEqual([])
    expect(server.lines().slice(3)).toEqual(['tools/call 1', 'notifications/cancelled 1'])
  })

  it('is left alone when the caller gives up while it is read', async () => {
    const caller = new AbortController()
    const stream = streamOf('id: 1\ndata: \n\n')
    const { call, events } = await streaming(() => stream.response)
    const reading = dataOf(await call('write', { signal: caller.signal }))
    caller.abort(new Error('enough'))
    stream.breakOff(new Error('enough'))
    await expect(reading).rejects.toThrow('enough')
    expect(events.map(({ type }) => type)).not.toContain('outcome-unknown')
  })

  it('is left alone when the caller gives up while it waits', async () => {
    const caller = new AbortController()
    const { call, clock } = await streaming(({ method }) => {
      if (method === 'POST') return breakingStream('id: 1\ndata: \n\n')
      caller.abort(new Error('enough'))
      throw new TypeError('fetch failed')
    })
    await expect(dataOf(await call('read', { signal: caller.signal }))).rejects.toThrow('enough')
    expect(clock.pending).toBe(0)
  })

  it('is broken for the client that knows event ids when it has to sign in, so that it comes back by itself', async () => {
    const { call, client } = await streaming(({ method, headers }) => {
      if (method === 'POST') return breakingStream('id: 1\ndata: \n\n')
      return headers.get('authorization') === 'Bearer new'
        ? endingStream(event(result(7)))
        : new Response(null, { status: 401 })
    })
    await expect(eventsOf(await call('write'))).rejects.toThrow(TypeError)
    const refused = await client.send('GET', { 'last-event-id': '1' })
    expect(refused.status).toBe(401)
    expect(await dataOf(await client.send('GET', { 'last-event-id': '1', authorization: 'Bearer new' }))).toMatchObject(
      [result(7)],
    )
  })

  it('leaves the challenge that it can’t be given any more to one beside it', async () => {
    const late = gate()
    const { call, client, clock } = await streaming(async ({ message }, count) => {
      if (message.id === 7 && count === 1) return breakingStream(': begun\n\n')
      if (message.id === 8) await late.opened
      return new Response(null, { status: 401 })
    })
    const begun = call('read')
    const beside = client.post({ id: 8, method: 'tools/call', params: { name: 'read' } })
    expect(await dataOf(await begun)).toMatchObject([{ error: { data: { code: 'server_unavailable' } } }])
    const before = clock.now()
    late.open(undefined)
    expect((await beside).status).toBe(401)
    expect(clock.now()).toBe(before)
  })
})

describe('a call’s stream that says nothing', () => {
  it('is waited for as long as the caller waits, or until the stall timeout', async () => {
    const silent = streamOf('id: 1\ndata: \n\n')
    const { call, clock } = await streaming(
      ({ method }) => (method === 'POST' ? silent.response : endingStream(event(result(7)))),
      { stallTimeout: 90_000 },
    )
    expect(await dataOf(await call('write'))).toMatchObject([result(7)])
    expect(silent.left).toBe(true)
    expect(clock.now()).toBeGreaterThanOrEqual(90_000)
    expect(clock.pending).toBe(0)
  })
})

describe('a client that comes back to a call’s stream that it left', () => {
  const leaving = async (options: { dies: boolean }) => {
    const first = streamOf('id: 1\ndata: \n\n')
    const all = await streaming(({ method, headers }, count) => {
      if (options.dies && headers.get('mcp-session-id') === 'session-1' && count > 1) return lost()
      if (method === 'GET') return endingStream(event(result(7)))
      return count === 1 ? first.response : endingStream(event(result(7, 'anew')))
    })
    const response = await all.call('read')
    const messages = messagesOf(response)
    void messages.next()
    await response.body?.cancel().catch(() => undefined)
    await messages.leave()
    return all
  }

  it('gets the rest of it', async () => {
    const { client } = await leaving({ dies: false })
    expect(await dataOf(await client.send('GET', { 'last-event-id': '1' }))).toMatchObject([result(7)])
  })

  it.each([404, 405, 400])('gets it anew when the server says %i to the rest', async (status) => {
    const first = streamOf('id: 1\ndata: \n\n')
    const { call, client } = await streaming(({ method }, count) => {
      if (method === 'GET') return new Response(null, { status })
      return count === 1 ? first.response : endingStream(event(result(7, 'anew')))
    })
    const messages = messagesOf(await call('read'))
    void messages.next()
    await new Promise((resolve) => setImmediate(resolve))
    await messages.leave()
    expect(await dataOf(await client.send('GET', { 'last-event-id': '1' }))).toMatchObject([result(7, 'anew')])
  })

  it('gets it anew from the next session, when the old one is gone', async () => {
    const { client, server } = await leaving({ dies: true })
    server.forget()
    await client.call({ name: 'read' }).catch(() => undefined)
    expect(await dataOf(await client.send('GET', { 'last-event-id': '1' }))).toMatchObject([result(7, 'anew')])
  })

  it('is not asked for anew when it had asked the client something before', async () => {
    const first = streamOf('id: 1\ndata: \n\n', event({ id: 0, method: 'elicitation/create' }, '2'))
    const { call, client, server } = await streaming(({ method }) =>
      method === 'GET' ? new Response(null, { status: 405 }) : first.response,
    )
    const messages = messagesOf(await call('read'))
    await messages.next()
    await messages.leave()
    const answers = await dataOf(await client.send('GET', { 'last-event-id': '2' }))
    expect(answers).toMatchObject([{ id: 7, error: { code: -32011 } }])
    expect(server.lines().filter((line) => line.startsWith('tools/call'))).toHaveLength(1)
  })

  it('may take its call back then, so that it is not asked for anew', async () => {
    const first = streamOf('id: 1\ndata: \n\n')
    const { call, client, server } = await streaming(({ method }, count) => {
      if (method === 'GET') return new Response(null, { status: 400 })
      if (count === 1) return first.response
      setImmediate(() => void client.post({ method: 'notifications/cancelled', params: { requestId: 7 } }))
      return new Response(null, { status: 503 })
    })
    const messages = messagesOf(await call('read'))
    void messages.next()
    await new Promise((resolve) => setImmediate(resolve))
    await messages.leave()
    expect(await dataOf(await client.send('GET', { 'last-event-id': '1' }))).toEqual([])
    expect(server.lines().filter((line) => line.startsWith('tools/call'))).toHaveLength(2)
  })

  it('is told that there is no rest when it has had its answer', async () => {
    const { call, client, server } = await streaming(() =>
      endingStream(event({ id: 7, error: { code: 1, message: '' } }, '5')),
    )
    await dataOf(await call('write'))
    const before = server.log.length
    expect((await client.send('GET', { 'last-event-id': '5' })).status).toBe(405)
    expect(server.log).toHaveLength(before)
  })
})

describe('a JSON answer that breaks off', () => {
  const cut = () =>
    streaming(({ message }, count) =>
      count === 1
        ? broken('application/json', ['{"jsonrpc":"2.0",', '"id":7'])
        : json(200, { jsonrpc: '2.0', ...result(message.id) }),
    )

  it.each(['json', 'text'] as const)('is asked for anew when that is safe, for who reads %s()', async (reader) => {
    const { call, clock } = await cut()
    const read: unknown = await (await call('read'))[reader]()
    expect(typeof read === 'string' ? JSON.parse(read) : read).toMatchObject(result(7))
    expect(clock.pending).toBe(0)
  })

  it.each(['', '{"jsonrpc":"2.0","id":7,"resu', '[{"jsonrpc":'])('is the same when it ends early: %j', async (text) => {
    const { call } = await streaming(({ message }, count) => {
      const headers = { 'content-type': 'application/json' }
      return count === 1 ? new Response(text, { headers }) : json(200, { jsonrpc: '2.0', ...result(message.id) })
    })
    expect(await (await call('read')).json()).toMatchObject(result(7))
  })

  it('is of unknown outcome otherwise', async () => {
    const { call, server } = await cut()
    expect(await (await call('write')).json()).toMatchObject({ id: 7, error: { code: -32011 } })
    expect(server.lines().filter((line) => line.startsWith('tools/call'))).toHaveLength(1)
  })

  it('is not asked for anew when the client took it back', async () => {
    const { call, client, server } = await cut()
    const response = await call('read')
    await client.post({ method: 'notifications/cancelled', params: { requestId: 7 } })
    await expect(response.json()).rejects.toThrow('terminated')
    expect(server.lines().filter((line) => line.startsWith('tools/call'))).toHaveLength(1)
  })

  it('that is none is handed over as it is', async () => {
    const { call } = await streaming(() => new Response('hello', { headers: { 'content-type': 'application/json' } }))
    await expect((await call('read')).json()).rejects.toThrow(SyntaxError)
  })
})
