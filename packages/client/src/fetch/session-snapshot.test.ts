import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel'
import { describe, expect, it } from 'vitest'
import type { SessionEvent } from '../base/events.js'
import { VirtualClock } from '../base/virtual-clock.fixture.js'
import { clientOf, gate, inProcessServer, json, serverWithHeldRenewal } from './in-process-server.fixture.js'
import { withSessionRecovery } from './with-session-recovery.js'

describe('sessions()', () => {
  it('shows a session from beginning to end, and never its id', async () => {
    const clock = new VirtualClock()
    const { server, asked, held } = serverWithHeldRenewal()
    const middleware = withSessionRecovery({ clock })
    expect(middleware.sessions()).toEqual([])
    const client = clientOf(middleware(server.fetch), 'http://user:word@server.test:8080/mcp?key=0123')
    await client.connect()
    const [healthy] = middleware.sessions()
    expect(healthy).toEqual({
      session: expect.stringMatching(/^[0-9a-f]{8}$/) as string,
      endpoint: 'http://server.test:8080/mcp',
      epoch: 1,
      state: 'healthy',
      callsUnderWay: 0,
      losses: 0,
      recoveries: 0,
      idleMs: 0,
      stateless: false,
    })

    server.forget()
    const calls = [client.call(), client.call()]
    await asked.opened
    expect(middleware.sessions()).toMatchObject([{ epoch: 1, state: 'recovering', callsUnderWay: 2, losses: 1 }])
    held.open(undefined)
    await Promise.all(calls)
    await new Promise<void>((resolve) => clock.schedule(resolve, 1_234))
    const shown = middleware.sessions()
    expect(shown).toMatchObject([
      { epoch: 2, state: 'healthy', callsUnderWay: 0, losses: 1, recoveries: 1, idleMs: 1_234 },
    ])
    expect(JSON.parse(JSON.stringify(shown))).toEqual(shown)
    expect(JSON.stringify(shown)).not.toMatch(/session-\d|0123|word/)
    await client.send('DELETE')
    expect(middleware.sessions()).toEqual([])
  })

  it('shows what went wrong, and that it is over', async () => {
    const seen: unknown[] = []
    let broken = false
    const server = inProcessServer(({ message }) =>
      broken && message.method === 'initialize' ? json(500, { error: 'boom 0123456789abcdef' }) : undefined,
    )
    const middleware = withSessionRecovery()
    const client = clientOf(middleware(server.fetch), 'http://server.test/s/0123456789abcdef0123/mcp')
    await client.connect()
    server.forget()
    broken = true
    await client.call()
    seen.push(...middleware.sessions())
    expect(seen).toMatchObject([
      { state: 'healthy', losses: 1, lastError: 'initialize was answered with HTTP 500 (boom [masked])' },
    ])
    expect(JSON.stringify(seen)).not.toContain('0123456789')
    broken = false
    server.settings.stateless = true
    await client.call()
    expect(middleware.sessions()).toMatchObject([{ stateless: true, recoveries: 1, losses: 2 }])
  })

  it('shows that a server is away, and back', async () => {
    const asked = gate()
    let away = true
    const clock = new VirtualClock()
    const server = inProcessServer(({ message }) =>
      away && message.method === 'tools/call' ? new Response(null, { status: 503 }) : undefined,
    )
    const onEvent = ({ type }: SessionEvent) => {
      if (type === 'server-away') asked.open(undefined)
    }
    const middleware = withSessionRecovery({ clock, onEvent })
    const client = clientOf(middleware(server.fetch))
    await client.connect()
    const call = client.call()
    await asked.opened
    expect(middleware.sessions()).toMatchObject([{ state: 'away', callsUnderWay: 1, lastError: 'HTTP 503' }])
    away = false
    await call
    expect(middleware.sessions()).toMatchObject([{ state: 'healthy' }])
  })
})

describe('diagnostics channels', () => {
  it('get every event, the same that the listener gets', async () => {
    const told: SessionEvent[] = []
    const published: unknown[] = []
    const types = [
      'session-bound',
      'session-lost',
      'recovery-started',
      'recovery-step',
      'recovery-succeeded',
      'request-replayed',
    ]
    const onMessage = (message: unknown) => published.push(message)
    for (const type of types) subscribe(`mcp-tether:${type}`, onMessage)
    const server = inProcessServer()
    const client = clientOf(withSessionRecovery({ onEvent: (event) => told.push(event) })(server.fetch))
    await client.connect()
    server.forget()
    await client.call()
    for (const type of types) unsubscribe(`mcp-tether:${type}`, onMessage)
    expect(told.map(({ type }) => type)).toEqual(expect.arrayContaining(types))
    expect(published).toEqual(told)
    expect(told.filter(({ type }) => type === 'recovery-step')).toMatchObject([
      { step: 'initialize', epoch: 1, durationMs: expect.any(Number) as number },
      { step: 'initialized', epoch: 1, durationMs: expect.any(Number) as number },
    ])
    server.forget()
    await client.call()
    expect(published.length).toBeLessThan(told.length)
    expect(channel('mcp-tether:session-lost').hasSubscribers).toBe(false)
  })

  it('are done without where there are none', async () => {
    const { process } = globalThis
    try {
      Object.assign(globalThis, { process: undefined })
      const told: string[] = []
      const server = inProcessServer()
      const client = clientOf(withSessionRecovery({ onEvent: ({ type }) => told.push(type) })(server.fetch))
      await client.connect()
      expect(told).toEqual(['session-bound'])
    } finally {
      Object.assign(globalThis, { process })
    }
  })
})
