import { describe, expect, it } from 'vitest'
import type { SessionEvent } from '../base/events.js'
import { VirtualClock } from '../base/virtual-clock.fixture.js'
import { SessionRegistry } from '../session/session-registry.js'
import { transcriptOf } from '../session/transcript.js'
import { CatchUp } from './catch-up.js'
import { ListComparisons } from './list-comparisons.js'
import { Renewals } from './renewals.js'

const url = new URL('http://server.test/mcp')

/** Sessions of one server, whose every answer takes 50 ms. */
function herd(sessions: number, maxBackgroundRecoveries = 10) {
  const clock = new VirtualClock()
  const events: SessionEvent[] = []
  const initializedAt: number[] = []
  let seed = 0
  let ids = 0
  let atWork = 0
  let most = 0
  const random = () => (seed = (seed + 0.618) % 1)
  const newId = () => `id-${String(++ids)}`
  const registry = new SessionRegistry({ maxSessions: 10_000, idleTimeoutMs: 60_000, clock, newId })
  const background = { clock, random, emit: (event: SessionEvent) => events.push(event), newRequestId: newId }
  const renewals = new Renewals({
    ...background,
    registry,
    catchUp: new CatchUp(background),
    comparisons: new ListComparisons(background, 'declared'),
    dialects: {},
    recoveryTimeoutMs: 30_000,
    throttling: { maxTokens: 10, tokensPerSuccess: 1, pauseMs: 5_000 },
    maxBackgroundRecoveries,
  })
  const send = async (_url: URL, { body }: RequestInit) => {
    const message = JSON.parse(body as string) as { id?: string; method: string }
    if (message.id !== undefined) {
      most = Math.max(most, ++atWork)
      initializedAt.push(clock.now())
    }
    await new Promise<void>((resolve) => clock.schedule(resolve, 50))
    if (message.id === undefined) {
      atWork--
      return new Response(null, { status: 202 })
    }
    const answer = { jsonrpc: '2.0', id: message.id, result: { protocolVersion: '2025-11-25' } }
    return new Response(JSON.stringify(answer), { headers: { 'mcp-session-id': newId() } })
  }
  const transcript = () => transcriptOf({ protocolVersion: '2025-11-25' }, undefined)
  const all = Array.from({ length: sessions }, () => {
    return registry.bind({ endpoint: url, upstreamId: newId(), transcript: transcript() }).session
  })
  const call = { url, send, init: {} }
  return { all, renewals, call, clock, events, initializedAt, most: () => most }
}

describe('a herd of renewals that nobody waits for', () => {
  it('comes back spread out, ten at a time', async () => {
    const { all, renewals, call, clock, initializedAt, most } = herd(1_000)
    const outcomes = await Promise.all(all.map((session) => renewals.renew(session, call, { background: true })))
    expect(outcomes.every(({ kind }) => kind === 'renewed')).toBe(true)
    expect(all.every(({ epoch }) => epoch === 2)).toBe(true)
    expect(most()).toBe(10)
    // A thousand of 100 ms each, ten at a time.
    expect(clock.now()).toBeGreaterThanOrEqual(10_000)
    expect(clock.now()).toBeLessThan(13_000)
    // One alone is not put off; the others are, more or less.
    expect(initializedAt.filter((at) => at === 0).length).toBeLessThan(10)
    expect(clock.pending).toBe(0)
  })

  it('keeps no caller waiting, neither of a new renewal nor of one that was put off', async () => {
    const { all, renewals, call, clock } = herd(1_001, 1)
    const caller = all.pop()
    const background = all.map((session) => renewals.renew(session, call, { background: true }))
    const [first] = all
    if (!caller || !first) throw new Error('no sessions')
    const joined = renewals.renew(first, call)
    expect(joined).toBe(background[0])
    await Promise.all([joined, renewals.renew(caller, call)])
    expect(clock.now()).toBe(100)
    expect([first.epoch, caller.epoch]).toEqual([2, 2])
    for (const session of all) renewals.hasten(session)
    await Promise.all(background)
    expect(clock.pending).toBe(0)
  })

  it('leaves out those that have ended meanwhile', async () => {
    const { all, renewals, call, initializedAt } = herd(1)
    const [session] = all
    if (!session) throw new Error('no session')
    const outcome = renewals.renew(session, call, { background: true })
    session.closing = true
    expect(await outcome).toMatchObject({ kind: 'failed', failure: { cause: 'the client has ended the session' } })
    expect(initializedAt).toEqual([])
    expect(renewals.underWay(session)).toBeUndefined()
  })
})
