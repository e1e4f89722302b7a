import { describe, expect, it } from 'vitest'
import type { SessionEvent } from '../base/events.js'
import { VirtualClock } from '../base/virtual-clock.fixture.js'
import { clientOf, endpoint, inProcessServer, json, lost, type Answer, type Seen } from './in-process-server.fixture.js'
import type { SessionRecoveryOptions } from './options.js'
import { withSessionRecovery } from './with-session-recovery.js'

/** Several clients of one server, behind one middleware. */
async function clients(
  count: number,
  intercept: (seen: Seen) => Answer = () => undefined,
  options: SessionRecoveryOptions = {},
) {
  const clock = new VirtualClock()
  const events: SessionEvent[] = []
  let armed = false
  const server = inProcessServer((seen) => (armed ? intercept(seen) : undefined))
  const onEvent = (event: SessionEvent) => events.push(event)
  const middleware = withSessionRecovery({ clock, random: () => 1, onEvent, ...options })
  const fetch = middleware(server.fetch)
  const all = Array.from({ length: count }, () => clientOf(fetch))
  for (const client of all) await client.connect()
  const connected = server.log.length
  armed = true
  const sent = (what: string) =>
    server
      .lines()
      .slice(connected)
      .filter((line) => line.startsWith(what)).length
  const wait = (ms: number) => new Promise<void>((resolve) => clock.schedule(resolve, ms))
  return { all, clock, events, server, fetch, middleware, sent, wait }
}

const failing = (code: string) => new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) })

describe('new sessions that never last', () => {
  it('are told by their third death in a row, and one success makes it good', async () => {
    let dying = true
    const { all, sent } = await clients(1, ({ message }) =>
      dying && message.method === 'tools/call' ? lost() : undefined,
    )
    const [client] = all as [ReturnType<typeof clientOf>]
    const codes: unknown[] = []
    for (let call = 0; call < 4; call++) {
      const { answer } = await client.call()
      codes.push((answer as { error: { data: { code: string } } }).error.data.code)
    }
    expect(codes).toEqual(['recovery_failed', 'recovery_failed', 'sessions_never_last', 'sessions_never_last'])
    expect(sent('initialize')).toBe(4)
    dying = false
    expect((await client.call()).answer).toMatchObject({ result: {} })
    dying = true
    const { id, answer } = await client.call()
    expect(answer).toMatchObject({ id, error: { data: { code: 'recovery_failed' } } })
  })

  it('are told with what to look at, and that the request was not run', async () => {
    const { all } = await clients(1, ({ message }) => (message.method === 'tools/call' ? lost() : undefined))
    const [client] = all as [ReturnType<typeof clientOf>]
    await client.call()
    await client.call()
    const { answer } = await client.call()
    expect(answer).toMatchObject({
      error: { code: -32010, data: { code: 'sessions_never_last', sessions: 3, step: 'replay' } },
    })
    const { message } = (answer as { error: { message: string } }).error
    expect(message).toContain('3 new sessions in a row were lost before anything was answered on them')
    expect(message).toContain('sticky sessions')
    expect(message).toContain('It did not run the request')
  })

  it('in the end suspend the renewals of their server', async () => {
    const { all, events, sent, clock } = await clients(1, ({ message }) =>
      message.method === 'tools/call' ? lost() : undefined,
    )
    const [client] = all as [ReturnType<typeof clientOf>]
    for (let call = 0; call < 10; call++) await client.call()
    // The first session dies of age; each of the next five spends a token when it is found dead.
    expect(sent('initialize')).toBe(5)
    const { answer } = await client.call()
    expect(answer).toMatchObject({
      error: { code: -32010, data: { code: 'recovery_suspended', retryAfterMs: 5_000 } },
    })
    expect(JSON.stringify(answer)).toContain('none is tried for the next 5 s')
    expect(JSON.stringify(answer)).toContain('5 new sessions in a row were lost')
    expect(events.at(-1)).toMatchObject({ type: 'recovery-suspended', retryAfterMs: 5_000 })
    expect(clock.now()).toBe(0)
  })
})

describe('renewals that fail', () => {
  const refuse = ({ message }: Seen) =>
    message.method === 'initialize' ? json(500, { error: 'bad deploy' }) : undefined

  it('are suspended for the whole server, tried once after the pause, and free when that works', async () => {
    let broken = true
    const { all, server, sent, wait } = await clients(20, (seen) => (broken ? refuse(seen) : undefined))
    server.forget()
    const codes = new Map<unknown, number>()
    for (const client of all) {
      const { answer } = await client.call()
      const { code } = (answer as { error: { data: { code: string } } }).error.data
      codes.set(code, (codes.get(code) ?? 0) + 1)
    }
    expect([...codes]).toEqual([
      ['recovery_failed', 5],
      ['recovery_suspended', 15],
    ])
    expect(sent('initialize')).toBe(5)

    await wait(5_000)
    const [first, second] = all as [ReturnType<typeof clientOf>, ReturnType<typeof clientOf>]
    expect((await first.call()).answer).toMatchObject({ error: { data: { code: 'recovery_failed' } } })
    expect((await second.call()).answer).toMatchObject({
      error: {
        data: {
          code: 'recovery_suspended',
          retryAfterMs: 10_000,
          cause: 'initialize was answered with HTTP 500 (bad deploy)',
        },
      },
    })
    expect(sent('initialize')).toBe(6)

    await wait(10_000)
    broken = false
    for (const client of all) expect((await client.call()).answer).toMatchObject({ result: {} })
  })

  it('do not keep healthy sessions, nor another server, from anything', async () => {
    const { all, server, fetch, events } = await clients(10, (seen) =>
      seen.url === endpoint ? refuse(seen) : undefined,
    )
    const other = clientOf(fetch, 'http://server.test/other')
    await other.connect()
    const healthy = all.pop()
    for (const client of all) {
      server.forget(client.sessionId)
      await client.call()
    }
    expect(events.at(-1)).toMatchObject({ type: 'recovery-suspended' })
    expect((await healthy?.call())?.answer).toMatchObject({ result: { on: healthy?.sessionId } })
    server.forget(other.sessionId)
    expect((await other.call()).answer).toMatchObject({ result: { on: 'session-12' } })
  })

  it('may fail more often where the options say so', async () => {
    const { all, server, sent } = await clients(30, refuse, { recoveryThrottling: { maxTokens: 40 } })
    server.forget()
    for (const client of all) await client.call()
    expect(sent('initialize')).toBe(20)
  })
})

describe('what is no failure of renewals', () => {
  it('is any number of losses', async () => {
    const { all, server, sent } = await clients(1)
    const [client] = all as [ReturnType<typeof clientOf>]
    for (let loss = 0; loss < 200; loss++) {
      server.forget()
      expect((await client.call()).answer).toMatchObject({ result: {} })
    }
    expect(sent('initialize')).toBe(200)
  })

  it('is a redeploy of 25 s, ridden out by all who have the time', async () => {
    let backAt = 0
    const { all, clock, server, events } = await clients(50, ({ message }) => {
      if (clock.now() >= backAt) return undefined
      // Its proxy still sends some requests to a process that has forgotten everything, and is gone for the next.
      if (message.method === 'tools/call' && clock.now() > backAt / 2) return lost()
      if (message.method === 'initialize') return new Response(null, { status: 502 })
      throw failing('ECONNREFUSED')
    })
    server.forget()
    backAt = clock.now() + 25_000
    const answers = await Promise.all(all.map((client) => client.call()))
    for (const { answer } of answers) expect(answer).toMatchObject({ result: {} })
    expect(events.some(({ type }) => type === 'recovery-failed')).toBe(true)
    expect(events.some(({ type }) => type === 'recovery-suspended')).toBe(false)
    expect(clock.pending).toBe(0)
  })

  it('is a server that wants a sign-in', async () => {
    const { all, server } = await clients(20, ({ message }) =>
      message.method === 'initialize' ? new Response(null, { status: 401 }) : undefined,
    )
    server.forget()
    for (const client of all) expect((await client.call()).status).toBe(401)
  })
})

describe('a challenge that nobody claims', () => {
  it('is let go', async () => {
    let cancelled = 0
    const caller = new AbortController()
    const { all, server, clock, wait } = await clients(1, ({ message }) => {
      if (message.method !== 'initialize') return undefined
      caller.abort(new Error('gone'))
      const body = new ReadableStream({
        cancel: () => {
          cancelled++
        },
      })
      return new Response(body, { status: 401 })
    })
    server.forget()
    const [client] = all as [ReturnType<typeof clientOf>]
    await expect(client.call({}, {}, { signal: caller.signal })).rejects.toThrow('gone')
    await wait(2_000)
    expect(cancelled).toBe(1)
    expect(clock.pending).toBe(0)
  })

  it('is not, when somebody does', async () => {
    const { all, server, clock, wait } = await clients(1, ({ message }) =>
      message.method === 'initialize' ? new Response('sign in', { status: 401 }) : undefined,
    )
    server.forget()
    const [client] = all as [ReturnType<typeof clientOf>]
    const response = await client.post({ id: 1, method: 'tools/call' })
    await wait(2_000)
    expect([response.status, await response.text()]).toEqual([401, 'sign in'])
    expect(clock.pending).toBe(0)
  })
})

describe('idle sessions', () => {
  it('are forgotten when another one is used', async () => {
    const { all, middleware, wait } = await clients(3, undefined, { sessionIdleTimeout: 60_000 })
    const [first, second] = all as [ReturnType<typeof clientOf>, ReturnType<typeof clientOf>]
    await wait(50_000)
    await first.call()
    await wait(20_000)
    await first.call()
    expect(middleware.sessions()).toHaveLength(1)
    // Its server still knows it, and so it works on without us.
    expect((await second.call()).answer).toMatchObject({ result: {} })
    expect(middleware.sessions()).toHaveLength(1)
  })

  it('are found by whoever comes back first, however late', async () => {
    const { all, server, wait } = await clients(1, undefined, { sessionIdleTimeout: 60_000 })
    await wait(600_000)
    server.forget()
    expect((await (all as [ReturnType<typeof clientOf>])[0].call()).answer).toMatchObject({ result: {} })
  })

  it('are not those with a request under way', async () => {
    let answer: (response: Response | undefined) => void = () => undefined
    const { all, middleware, wait } = await clients(
      1,
      () => new Promise<Response | undefined>((resolve) => (answer = resolve)),
      { sessionIdleTimeout: 60_000 },
    )
    const call = (all as [ReturnType<typeof clientOf>])[0].call()
    await wait(600_000)
    expect(middleware.sessions()).toMatchObject([{ callsUnderWay: 1 }])
    answer(undefined)
    await call
    await wait(600_000)
    expect(middleware.sessions()).toEqual([])
  })
})
