import { describe, expect, it } from 'vitest'
import type { Clock } from '../base/clock.js'
import { SessionRegistry } from './session-registry.js'
import { VirtualClock } from '../base/virtual-clock.fixture.js'
import { transcriptOf } from './transcript.js'

const server = new URL('http://h/mcp')
const bind = (registry: SessionRegistry, upstreamId: string, endpoint = server) =>
  registry.bind({ endpoint, upstreamId, transcript: transcriptOf({}, undefined) })

const registryOf = (max = 10, clock: Clock = new VirtualClock()) => {
  let ids = 0
  return new SessionRegistry({
    maxSessions: max,
    idleTimeoutMs: 60_000,
    clock,
    newId: () => `own-${String(++ids)}`,
  })
}

describe('SessionRegistry', () => {
  it('finds a session by its host and the id that the client holds', () => {
    const registry = registryOf()
    const { session } = bind(registry, 'a')
    expect(registry.find(server, 'a')).toBe(session)
    expect(registry.find(new URL('http://h/elsewhere'), 'a')).toBe(session)
    expect(registry.find(new URL('http://other/mcp'), 'a')).toBeUndefined()
    registry.forget(session)
    expect(registry.find(server, 'a')).toBeUndefined()
  })

  it('counts http and https of one host as one', () => {
    const registry = registryOf()
    const { session } = bind(registry, 'a', new URL('http://h:80/mcp'))
    expect(registry.find(new URL('https://h/mcp'), 'a')).toBe(session)
  })

  it('gives a client an id of our own when the server mints one that another client holds', () => {
    const registry = registryOf()
    const first = bind(registry, '1').session
    const second = bind(registry, '1')
    expect(second.session.virtualId).toBe('own-1')
    expect(second.session.upstreamId).toBe('1')
    expect(second.lost).toBe(first)
    expect(first.lost).toBe(true)
  })

  it('marks the session whose upstream id a renewal was given', () => {
    const registry = registryOf()
    const first = bind(registry, '1').session
    const second = bind(registry, '2').session
    expect(registry.renew(second, '1', undefined)).toBe(first)
    expect(first.lost).toBe(true)
    expect(second).toMatchObject({ virtualId: '2', upstreamId: '1', epoch: 2, lost: false })
    expect(registry.renew(first, '2', undefined)).toBeUndefined()
    expect(first).toMatchObject({ virtualId: '1', upstreamId: '2', epoch: 2, lost: false })
  })

  it('lets two servers on one host count the same ids', () => {
    const registry = registryOf()
    const first = bind(registry, '1').session
    const { session, lost } = bind(registry, '1', new URL('http://h/other'))
    expect(lost).toBeUndefined()
    expect(first.lost).toBe(false)
    expect(session.virtualId).toBe('own-1')
  })

  it('forgets the idlest session beyond its limit, and none that is in use', () => {
    const registry = registryOf(2)
    const used = bind(registry, 'a').session
    used.calls.add(() => ({ kind: 'unreadable' }))
    bind(registry, 'b')
    bind(registry, 'c')
    expect(registry.size).toBe(2)
    expect(registry.find(server, 'b')).toBeUndefined()
    registry.find(server, 'a')
    bind(registry, 'd')
    expect(registry.find(server, 'c')).toBeUndefined()
    expect(registry.find(server, 'a')).toBe(used)
  })

  it('has no use for a session that was closed while it was renewed', () => {
    const registry = registryOf()
    const closed = bind(registry, '1').session
    const other = bind(registry, '2').session
    registry.forget(closed)
    registry.renew(closed, '2', undefined)
    expect(other.lost).toBe(false)
  })

  it('forgets what nobody used for too long, when another one is looked for', async () => {
    const clock = new VirtualClock()
    const registry = registryOf(10, clock)
    const wait = (ms: number) => new Promise<void>((resolve) => clock.schedule(resolve, ms))
    const busy = bind(registry, 'busy').session
    busy.calls.add(() => ({ kind: 'unreadable' }))
    const idle = bind(registry, 'idle').session
    await wait(60_000)
    expect(registry.size).toBe(2)
    await wait(1)
    bind(registry, 'new')
    expect([...registry.all].map(({ virtualId }) => virtualId)).toEqual(['new', 'busy'])
    // Its upstream id is free for whoever is given it.
    expect(bind(registry, 'idle').lost).toBeUndefined()
    expect(idle.lost).toBe(false)
  })
})
