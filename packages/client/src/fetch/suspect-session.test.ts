import { describe, expect, it } from 'vitest'
import type { SessionEvent } from '../base/events.js'
import { VirtualClock } from '../base/virtual-clock.fixture.js'
import { clientOf, inProcessServer, json, type Answer, type Seen } from './in-process-server.fixture.js'
import type { SessionRecoveryOptions } from './options.js'
import { withSessionRecovery } from './with-session-recovery.js'

const failure = (status: number) => () => json(status, { error: 'An error occurred' })

/** A client of a server that fails on some requests from then on. */
async function failing(intercept: (seen: Seen) => Answer, options: SessionRecoveryOptions = {}) {
  const clock = new VirtualClock()
  const events: SessionEvent[] = []
  let armed = false
  const server = inProcessServer((seen) => {
    if (seen.message.method === 'tools/list') {
      const tools = [{ name: 'read', annotations: { readOnlyHint: true } }, { name: 'write' }]
      return json(200, { jsonrpc: '2.0', id: seen.message.id, result: { tools } })
    }
    return armed ? intercept(seen) : undefined
  })
  const onEvent = (event: SessionEvent) => events.push(event)
  const settings = { clock, random: () => 1, announceListChanges: 'never', onEvent } as const
  const client = clientOf(withSessionRecovery({ ...settings, ...options })(server.fetch))
  await client.connect()
  await (await client.post({ id: 'list', method: 'tools/list' })).text()
  armed = true
  return { client, clock, events, server, after: () => server.lines().slice(3) }
}

/** It fails on whatever carries the first session's id. */
const onFirstSession = (answer: (seen: Seen) => Answer) => (seen: Seen) =>
  seen.headers.get('mcp-session-id') === 'session-1' ? answer(seen) : undefined

describe('a server that fails on a session which it does not know', () => {
  it('with 503 is asked after three, and the session renewed', async () => {
    const { client, after, events, clock } = await failing(onFirstSession(failure(503)))
    expect((await client.call({ name: 'write' })).answer).toMatchObject({ result: { on: 'session-3' } })
    expect(after()).toEqual([
      ...['tools/call 1', 'tools/call 1', 'tools/call 1'],
      ...['ping 1', 'initialize', 'DELETE 2', 'ping 1'],
      ...['initialize', 'notifications/initialized 3', 'tools/call 3'],
    ])
    expect(events.find(({ type }) => type === 'session-lost')).toMatchObject({
      rule: 'persistent-server-error',
      status: 503,
    })
    expect(clock.pending).toBe(0)
  })

  it('with 503 is sent what it never took, also where nothing that was refused is replayed', async () => {
    const { client } = await failing(onFirstSession(failure(503)), { replay: 'never' })
    expect((await client.call({ name: 'write' })).answer).toMatchObject({ result: { on: 'session-3' } })
  })

  it('and is back before it was asked whether it makes new ones has lost nothing', async () => {
    let isBack = false
    const { client, events } = await failing(({ message }) => {
      if (message.method === 'initialize') isBack = true
      return isBack ? undefined : failure(503)()
    })
    expect((await client.call({ name: 'write' })).answer).toMatchObject({ result: { on: 'session-1' } })
    expect(events.map(({ type }) => type)).not.toContain('session-lost')
  })

  it('with 503 and a time to come back is not suspected', async () => {
    const { client, after } = await failing(
      onFirstSession(() => new Response('', { status: 503, headers: { 'retry-after': '5' } })),
    )
    await client.call({ name: 'write' })
    expect(after()).not.toContain('ping 1')
  })

  it('with 500 is asked at the third call; what may have run is not run again', async () => {
    const { client } = await failing(onFirstSession(failure(500)))
    expect((await client.call({ name: 'write' })).status).toBe(500)
    expect((await client.call({ name: 'write' })).status).toBe(500)
    const { id, answer } = await client.call({ name: 'write' })
    expect(answer).toMatchObject({ id, error: { code: -32011, data: { code: 'outcome_unknown' } } })
    expect((await client.call({ name: 'write' })).answer).toMatchObject({ result: { on: 'session-3' } })
  })

  it('with 502 lets a tool that only reads be called again', async () => {
    const { client } = await failing(onFirstSession(failure(502)))
    expect((await client.call({ name: 'read' })).answer).toMatchObject({ result: { on: 'session-3' } })
  })

  it('is not asked where the options say so', async () => {
    const { client, server } = await failing(onFirstSession(failure(503)), {
      dialects: { persistentServerError: false },
    })
    expect((await client.call({ name: 'write' })).answer).toMatchObject({ error: { code: -32012 } })
    expect(server.lines()).not.toContain('ping 1')
  })

  it('is not asked by who has given up', async () => {
    const controller = new AbortController()
    const { client } = await failing(
      onFirstSession(({ message }) => {
        if (message.method !== 'ping') return new Response(null, { status: 503 })
        controller.abort(new Error('enough'))
        return new Promise(() => undefined)
      }),
    )
    await expect(client.call({ name: 'read' }, {}, { signal: controller.signal })).rejects.toThrow('enough')
  })
})

describe('what looks like it', () => {
  it.each([500, 502, 503])('a server that fails on everything (%d) has an outage', async (status) => {
    let failures = 0
    const { client, server, events } = await failing(({ method }) =>
      method === 'POST' && ++failures <= 12 ? new Response(null, { status }) : undefined,
    )
    for (let call = 0; call < 12; call++) await client.call({ name: 'read' })
    expect((await client.call({ name: 'read' })).answer).toMatchObject({ result: { on: 'session-1' } })
    expect(events.map(({ type }) => type)).not.toContain('session-lost')
    expect(server.lines().filter((line) => line === 'initialize').length).toBeLessThanOrEqual(3)
  })

  it('a tool that always fails, on a session that lives', async () => {
    const { client, after, events } = await failing(({ message }) =>
      message.method === 'tools/call' ? new Response(null, { status: 500 }) : undefined,
    )
    for (let call = 0; call < 20; call++) expect((await client.call({ name: 'write' })).status).toBe(500)
    expect(after().filter((line) => line === 'ping 1')).toHaveLength(3)
    expect(after()).not.toContain('initialize')
    expect(events.map(({ type }) => type)).not.toContain('session-lost')
  })

  it('an error status that answers the very request', async () => {
    const { client, after } = await failing(({ message }) =>
      message.method === 'tools/call'
        ? json(500, { jsonrpc: '2.0', id: message.id, error: { code: 1, message: 'boom' } })
        : undefined,
    )
    for (let call = 0; call < 10; call++) {
      expect(await client.call({ name: 'write' })).toMatchObject({
        status: 500,
        answer: { error: { message: 'boom' } },
      })
    }
    expect(after().every((line) => line === 'tools/call 1')).toBe(true)
  })

  it('errors with successes between them', async () => {
    let calls = 0
    const { client, after } = await failing(({ message }) =>
      message.method === 'tools/call' && ++calls % 3 !== 0 ? new Response(null, { status: 500 }) : undefined,
    )
    for (let call = 0; call < 12; call++) await client.call({ name: 'write' })
    expect(after().every((line) => line === 'tools/call 1')).toBe(true)
  })

  it.each([401, 403, 429])('a ping that is refused with %d', async (status) => {
    const { client, server } = await failing(
      onFirstSession(({ message }) => new Response(null, { status: message.method === 'ping' ? status : 500 })),
    )
    for (let call = 0; call < 3; call++) expect((await client.call({ name: 'write' })).status).toBe(500)
    expect(server.lines().at(-1)).toBe('ping 1')
  })

  it('a session that keeps failing although new ones can be made, but not by us', async () => {
    const { client, events } = await failing((seen) =>
      seen.message.method === 'initialize' ? new Response(null, { status: 401 }) : onFirstSession(failure(500))(seen),
    )
    for (let call = 0; call < 6; call++) expect((await client.call({ name: 'write' })).status).toBe(500)
    expect(events.map(({ type }) => type)).not.toContain('session-lost')
  })
})
