import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { expect } from 'vitest'
import type { Store } from './store.js'

const second = 1000

interface ModelSession {
  version: string
  n: number
  expiresAt: number
  readonly requests: Set<string>
}

const owner = fc.constantFrom('o1', 'o2')
const seen = fc.nat({ max: 5 })

const step = fc.oneof(
  fc.record({ act: fc.constant('put' as const), n: fc.nat() }),
  // 0: only if there is none; else one of the versions that were seen, the newest first.
  fc.record({ act: fc.constant('compareAndSet' as const), n: fc.nat(), seen }),
  fc.record({ act: fc.constantFrom('delete' as const, 'touch' as const) }),
  fc.record({
    act: fc.constantFrom('start' as const, 'finish' as const),
    requestId: fc.constantFrom(1, '1', 2),
    owner,
  }),
  fc.record({ act: fc.constantFrom('acquire' as const, 'renew' as const, 'release' as const), owner }),
  fc.record({ act: fc.constant('wait' as const), ms: fc.constantFrom(1, second / 2, second) }),
)

/**
 * Plays random histories of one session on stores that share their data, and on a model of a few lines.
 * @param advance lets time pass; without it none passes
 */
export async function expectToBehaveAsModel(
  stores: readonly Store[],
  advance: ((ms: number) => void) | undefined,
  numRuns: number,
): Promise<void> {
  const ttl = advance === undefined ? 600 * second : second
  const history = fc.array(fc.tuple(fc.nat({ max: stores.length - 1 }), step), { maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(history, async (steps) => {
      const id = randomUUID()
      let now = 0
      const versions: string[] = []
      let session: ModelSession | undefined
      let lease: { owner: string; expiresAt: number } | undefined
      const live = () => (session !== undefined && session.expiresAt > now ? session : undefined)
      const held = () => (lease !== undefined && lease.expiresAt > now ? lease : undefined)
      const wrote = (version: string, n: number) => {
        versions.unshift(version)
        session = { version, n, expiresAt: now + ttl, requests: live()?.requests ?? new Set() }
      }

      for (const [which, one] of steps) {
        const sessions = stores[which]?.sessions
        if (sessions === undefined) continue
        const current = live()
        switch (one.act) {
          case 'put':
            wrote(await sessions.put(id, { n: one.n }, ttl), one.n)
            break
          case 'compareAndSet': {
            const expected = one.seen === 0 ? undefined : (versions[one.seen - 1] ?? 'never')
            const result = await sessions.compareAndSet(id, expected, { n: one.n }, ttl)
            expect(result.written).toBe(expected === current?.version)
            if (result.written) wrote(result.version, one.n)
            else expect(result.current?.version).toBe(current?.version)
            break
          }
          case 'delete':
            expect(await sessions.delete(id)).toBe(current !== undefined)
            session = undefined
            break
          case 'touch':
            expect(await sessions.touch(id, ttl)).toBe(current?.version)
            if (current !== undefined) current.expiresAt = now + ttl
            break
          case 'start':
            expect(await sessions.startRequest(id, one, ttl)).toBe(current?.version)
            current?.requests.add(JSON.stringify([one.requestId, one.owner]))
            if (current !== undefined) current.expiresAt = now + ttl
            break
          case 'finish':
            await sessions.finishRequest(id, one.requestId, one.owner)
            current?.requests.delete(JSON.stringify([one.requestId, one.owner]))
            break
          case 'acquire': {
            const holder = held()?.owner ?? one.owner
            const result = await sessions.acquireLease(id, 'lease', one.owner, ttl)
            expect(result.held ? one.owner : result.owner).toBe(holder)
            if (holder === one.owner) lease = { owner: holder, expiresAt: now + ttl }
            break
          }
          case 'renew':
            expect(await sessions.renewLease(id, 'lease', one.owner, ttl)).toBe(held()?.owner === one.owner)
            if (held()?.owner === one.owner) lease = { owner: one.owner, expiresAt: now + ttl }
            break
          case 'release':
            expect(await sessions.releaseLease(id, 'lease', one.owner)).toBe(held()?.owner === one.owner)
            if (held()?.owner === one.owner) lease = undefined
            break
          case 'wait':
            if (advance === undefined) break
            advance(one.ms)
            now += one.ms
        }
        for (const { sessions: seenBy } of stores) {
          const found = await seenBy.get(id)
          expect([found?.version, found?.data.n]).toEqual([live()?.version, live()?.n])
          expect(await seenBy.leaseOwner(id, 'lease')).toBe(held()?.owner)
        }
        const noted = await sessions.requestsInFlight(id)
        expect(new Set(noted.map((request) => JSON.stringify([request.requestId, request.owner])))).toEqual(
          live()?.requests ?? new Set(),
        )
      }
    }),
    { numRuns },
  )
}
