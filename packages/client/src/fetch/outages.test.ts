import { describe, expect, it } from 'vitest'
import type { SessionEvent } from '../base/events.js'
import { VirtualClock } from '../base/virtual-clock.fixture.js'
import { clientOf, inProcessServer, json, lost, type Answer, type Seen } from './in-process-server.fixture.js'
import type { SessionRecoveryOptions } from './options.js'
import { withSessionRecovery } from './with-session-recovery.js'

const failing = (code: string) => new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) })

/** A client whose server fails its tool calls in the given ways first, one by one. */
async function troubled(troubles: (Error | ((seen: Seen) => Answer))[], options: SessionRecoveryOptions = {}) {
  const clock = new VirtualClock()
  const events: SessionEvent[] = []
  const server = inProcessServer((seen) => {
    const { message } = seen
    if (message.method === 'tools/list' && message.id !== undefined) {
      const tools = [
        { name: 'read', annotations: { readOnlyHint: true } },
        { name: 'write', annotations: { destructiveHint: true } },
      ]
      return json(200, { jsonrpc: '2.0', id: message.id, result: { tools } })
    }
    if (!armed || (message.method !== 'tools/call' && message.method !== 'initialize')) return undefined
    const trouble = troubles.shift()
    if (trouble instanceof Error) throw trouble
    return trouble?.(seen)
  })
  let armed = false
  const onEvent = (event: SessionEvent) => events.push(event)
  const client = clientOf(withSessionRecovery({ clock, random: () => 1, onEvent, ...options })(server.fetch))
  await client.connect()
  await (await client.post({ id: 'list', method: 'tools/list' })).text()
  armed = true
  const sent = () => server.lines().filter((line) => line.startsWith('tools/call')).length
  return { clock, events, server, client, sent }
}

const status =
  (code: number, headers: Record<string, string> = {}) =>
  () =>
    new Response('', { status: code, headers })

describe('a server that is away', () => {
  it('is waited for: refused connections, 503, then a fresh process that knows nobody', async () => {
    const { client, clock, server, events } = await troubled([
      failing('ECONNREFUSED'),
      failing('ECONNREFUSED'),
      status(503),
      lost,
    ])
    const { id, answer } = await client.call({ name: 'write' })
    expect(answer).toMatchObject({ id, result: { on: 'session-2' } })
    expect(clock.now()).toBe(200 + 400 + 800)
    expect(events.filter(({ type }) => type === 'server-away')).toHaveLength(3)
    expect(server.lines().filter((line) => line === 'initialize')).toHaveLength(2)
  })

  it('is given up when the budget is spent, with an error that says so', async () => {
    const { client, clock, sent } = await troubled(Array<Error>(100).fill(failing('ECONNREFUSED')))
    const { id, answer } = await client.call({ name: 'write' })
    expect(answer).toMatchObject({
      id,
      error: {
        code: -32012,
        data: { code: 'server_unavailable', cause: 'fetch failed: ECONNREFUSED', durationMs: 30_000 },
      },
    })
    expect(JSON.stringify(answer)).toContain('The tool \\"write\\" was not executed')
    expect(clock.now()).toBe(30_000)
    expect(sent()).toBeGreaterThan(10)
    expect(clock.pending).toBe(0)
  })

  it('is not waited for with a budget of 0', async () => {
    const { client, sent } = await troubled([failing('ECONNREFUSED')], { outageBudget: 0 })
    expect((await client.call({ name: 'write' })).answer).toMatchObject({ error: { code: -32012 } })
    expect(sent()).toBe(1)
  })

  it('may say how long', async () => {
    const { client, clock } = await troubled([status(503, { 'retry-after': '7' }), status(429, { 'retry-after': '2' })])
    expect((await client.call({ name: 'write' })).answer).toMatchObject({ result: {} })
    expect(clock.now()).toBe(9_000)
  })

  it('that wants more time than there is is not asked again', async () => {
    const { client, clock, sent } = await troubled([status(503, { 'retry-after': '31' })])
    expect((await client.call({ name: 'write' })).answer).toMatchObject({ error: { code: -32012 } })
    expect([clock.now(), sent()]).toEqual([0, 1])
  })

  it('that answers this very request with 503 has taken it', async () => {
    const { client, sent } = await troubled([
      ({ message }) => json(503, { jsonrpc: '2.0', id: message.id, error: { code: 1, message: 'busy' } }),
    ])
    const { status: code, answer } = await client.call({ name: 'write' })
    expect([code, sent()]).toEqual([503, 1])
    expect(answer).toMatchObject({ error: { message: 'busy' } })
  })

  it('is not waited for past the caller’s patience', async () => {
    const controller = new AbortController()
    const { client, clock } = await troubled(Array<Error>(10).fill(failing('ECONNREFUSED')), {
      onEvent: ({ type }) => {
        if (type === 'server-away') controller.abort(new Error('enough'))
      },
    })
    await expect(client.call({ name: 'write' }, {}, { signal: controller.signal })).rejects.toThrow('enough')
    expect(clock.pending).toBe(0)
  })

  it('is away for its initialize too: the old session is kept, and asked again', async () => {
    const { client, server, clock } = await troubled([lost, status(404)])
    expect((await client.call({ name: 'write' })).answer).toMatchObject({ result: { on: 'session-1' } })
    expect(server.lines().slice(3)).toEqual(['tools/call 1', 'initialize', 'tools/call 1'])
    expect(clock.now()).toBeGreaterThan(0)
  })

  it('is not waited for when its certificate is bad', async () => {
    const { client } = await troubled([failing('CERT_HAS_EXPIRED')])
    await expect(client.call({ name: 'write' })).rejects.toThrow('fetch failed')
  })
})

describe('an answer that never came', () => {
  const breaks = [
    ['a reset', failing('ECONNRESET')],
    ['a 502', status(502)],
    ['a 504', status(504)],
    ['a failure that says nothing', new TypeError('Failed to fetch')],
  ] as const

  it.each(breaks)('%s: a write is not sent again, and its caller told to verify', async (_what, trouble) => {
    const { client, sent, events } = await troubled([trouble])
    const { id, answer } = await client.call({ name: 'write' })
    expect(answer).toMatchObject({ id, error: { code: -32011, data: { code: 'outcome_unknown' } } })
    expect(JSON.stringify(answer)).toContain('the tool \\"write\\"')
    expect(JSON.stringify(answer)).toContain('Verify with a read')
    expect(sent()).toBe(1)
    expect(events.at(-1)).toMatchObject({ type: 'outcome-unknown', method: 'tools/call' })
  })

  it.each(breaks)('%s: a tool that only reads is called again', async (_what, trouble) => {
    const { client, sent } = await troubled([trouble, trouble])
    expect((await client.call({ name: 'read' })).answer).toMatchObject({ result: {} })
    expect(sent()).toBe(3)
  })

  it('that keeps breaking off is given up, without a word on whether it ran', async () => {
    const { client } = await troubled(Array<Error>(100).fill(failing('ECONNRESET')))
    const { answer } = await client.call({ name: 'read' })
    expect(answer).toMatchObject({ error: { code: -32012 } })
    expect(JSON.stringify(answer)).not.toContain('not executed')
  })

  it('a tool that nobody has heard of is not', async () => {
    const { client, sent } = await troubled([failing('ECONNRESET')])
    expect((await client.call({ name: 'unheard-of' })).answer).toMatchObject({ error: { code: -32011 } })
    expect(sent()).toBe(1)
  })

  it('a notification fails as it would without us', async () => {
    const { client } = await troubled([failing('ECONNRESET'), status(502)])
    const post = () => client.post({ method: 'tools/call' })
    await expect(post()).rejects.toThrow('fetch failed')
    expect((await post()).status).toBe(502)
  })
})

describe('a loss that is told by a failure', () => {
  const terminated = () => new Response('Session error: Session service terminated', { status: 500 })

  it('renews the session, and leaves the outcome of a write unknown', async () => {
    const { client, sent } = await troubled([terminated])
    const { id, answer } = await client.call({ name: 'write' })
    expect(answer).toMatchObject({ id, error: { code: -32011, data: { code: 'outcome_unknown' } } })
    expect(sent()).toBe(1)
    expect((await client.call({ name: 'write' })).answer).toMatchObject({ result: { on: 'session-2' } })
  })

  it('renews the session, and repeats a tool that only reads', async () => {
    const { client, sent } = await troubled([terminated])
    expect((await client.call({ name: 'read' })).answer).toMatchObject({ result: { on: 'session-2' } })
    expect(sent()).toBe(2)
  })
})

describe('the option replay', () => {
  it.each([
    ['on-rejection', 'write', true],
    ['hinted', 'write', false],
    ['hinted', 'read', true],
    ['never', 'read', false],
  ] as const)(
    '%s: a refused %s is replayed: %s; the session is renewed in any case',
    async (replay, name, replayed) => {
      const { client, server, sent } = await troubled([], { replay })
      server.forget()
      const { id, answer } = await client.call({ name })
      if (replayed) expect(answer).toMatchObject({ id, result: { on: 'session-2' } })
      else expect(answer).toMatchObject({ id, error: { code: -32010, data: { code: 'not_replayed' } } })
      expect(sent()).toBe(replayed ? 2 : 1)
      expect((await client.call({ name })).answer).toMatchObject({ result: { on: 'session-2' } })
    },
  )

  it('never: what was never sent is sent all the same, and what may have run is not', async () => {
    const { client, sent } = await troubled([failing('ECONNREFUSED')], { replay: 'never' })
    expect((await client.call({ name: 'write' })).answer).toMatchObject({ result: {} })
    expect(sent()).toBe(2)
    const other = await troubled([failing('ECONNRESET')], { replay: 'never' })
    expect((await other.client.call({ name: 'read' })).answer).toMatchObject({ error: { code: -32011 } })
  })
})
