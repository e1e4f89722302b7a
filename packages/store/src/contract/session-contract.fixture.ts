import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import type { ContractBench, Given } from './given.fixture.js'
import type { Store } from './store.js'

const minute = 60_000

/** Sessions, requests in flight, leases and groups. */
export function sessionContract(given: Given): void {
  describe('sessions', () => {
    let bench: ContractBench
    let store: Store
    let other: Store
    let id: string
    beforeEach(() => {
      ;({ bench, store, other, id } = given)
    })

    it('gives back what was put, to every process', async () => {
      const data = { params: { name: 'ä€😀', list: [1, null, true] }, level: 'debug' }
      const version = await store.sessions.put(id, data, minute)
      for (const one of [store, other]) {
        const session = await one.sessions.get(id)
        expect(session).toMatchObject({ data, version })
        expect(session?.expiresAt).toBeGreaterThan(0)
      }
      expect(await store.sessions.get(randomUUID())).toBeUndefined()
    })

    it('takes any id', async () => {
      for (const awkward of ['', 'x'.repeat(10_000), 'a\0b\r\n', '{tag}*?[', 'ä€😀', '__proto__']) {
        await store.sessions.put(awkward, { awkward }, minute)
        expect((await other.sessions.get(awkward))?.data).toEqual({ awkward })
        expect(await other.sessions.delete(awkward)).toBe(true)
      }
    })

    it('compares and sets', async () => {
      const created = await store.sessions.compareAndSet(id, undefined, { step: 1 }, minute)
      expect(created).toMatchObject({ written: true })
      expect(await other.sessions.compareAndSet(id, undefined, { step: 9 }, minute)).toMatchObject({
        written: false,
        current: { data: { step: 1 } },
      })
      const { version = '' } = created as { version?: string }
      const second = await other.sessions.compareAndSet(id, version, { step: 2 }, minute)
      expect(second).toMatchObject({ written: true })
      expect(await store.sessions.compareAndSet(id, version, { step: 9 }, minute)).toMatchObject({
        written: false,
        current: { data: { step: 2 }, version: (second as { version?: string }).version },
      })
      await store.sessions.delete(id)
      expect(await store.sessions.compareAndSet(id, version, { step: 9 }, minute)).toEqual({
        written: false,
        current: undefined,
      })
    })

    it('lets exactly one of many at once win', async () => {
      const created = await store.sessions.put(id, { winner: -1 }, minute)
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, winner) =>
          (winner % 2 ? store : other).sessions.compareAndSet(id, created, { winner }, minute),
        ),
      )
      expect(results.filter(({ written }) => written)).toHaveLength(1)
      const winner = results.findIndex(({ written }) => written)
      expect((await store.sessions.get(id))?.data).toEqual({ winner })
    })

    it('deletes a session with all that belongs to it', async () => {
      await store.sessions.put(id, {}, minute)
      await store.sessions.startRequest(id, { requestId: 1, owner: 'a' }, minute)
      const event = await store.events(id).storeEvent('stream', { n: 1 })
      expect(await other.sessions.delete(id)).toBe(true)
      expect(await other.sessions.delete(id)).toBe(false)
      expect(await store.sessions.get(id)).toBeUndefined()
      expect(await store.sessions.touch(id, minute)).toBeUndefined()
      expect(await store.sessions.requestsInFlight(id)).toEqual([])
      expect(await store.events(id).read(event)).toEqual({ status: 'unknown', streamId: 'stream' })
    })

    it('ends a session that nobody touches, and no other', async () => {
      const touched = randomUUID()
      await store.sessions.put(id, {}, 300)
      const version = await store.sessions.put(touched, {}, 300)
      expect(await other.sessions.touch(touched, minute)).toBe(version)
      await bench.afterwards(400, async () => (await store.sessions.get(id)) === undefined)
      expect(await store.sessions.touch(id, minute)).toBeUndefined()
      expect(await store.sessions.startRequest(id, { requestId: 1, owner: 'a' }, minute)).toBeUndefined()
      expect(await store.sessions.compareAndSet(id, undefined, { again: true }, minute)).toMatchObject({
        written: true,
      })
      expect(await store.sessions.get(touched)).toBeDefined()
    })

    it('refuses what is too large or no duration', async () => {
      await expect(store.sessions.put(id, { text: 'x'.repeat(2 ** 20) }, minute)).rejects.toMatchObject({
        code: 'too_large',
      })
      for (const ttl of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
        await expect(store.sessions.touch(id, ttl)).rejects.toMatchObject({ code: 'invalid_option' })
      }
    })
  })

  describe('requests in flight', () => {
    let store: Store
    let other: Store
    let id: string
    beforeEach(() => {
      ;({ store, other, id } = given)
    })

    const inFlight = async () =>
      (await other.sessions.requestsInFlight(id)).map((request) => JSON.stringify(request)).sort()

    it('are noted by id and owner, and finished by both', async () => {
      expect(await store.sessions.startRequest(id, { requestId: 7, owner: 'a' }, minute)).toBeUndefined()
      expect(await inFlight()).toEqual([])
      const version = await store.sessions.put(id, {}, minute)
      const requests = [
        { requestId: '7', owner: 'a' },
        { requestId: 7, owner: 'a', streamId: 'stream' },
        { requestId: 7, owner: 'b' },
        { requestId: 'x'.repeat(1000), owner: 'b' },
      ]
      for (const request of requests) expect(await store.sessions.startRequest(id, request, minute)).toBe(version)
      expect(await inFlight()).toEqual(requests.map((request) => JSON.stringify(request)).sort())
      await other.sessions.finishRequest(id, 7, 'a')
      await other.sessions.finishRequest(id, 8, 'a')
      await other.sessions.finishRequest(id, 'x'.repeat(1000), 'b')
      expect(await inFlight()).toEqual([JSON.stringify(requests[2]), JSON.stringify(requests[0])].sort())
    })

    it('let the session live', async () => {
      const version = await store.sessions.put(id, {}, 1000)
      expect(await store.sessions.startRequest(id, { requestId: 1, owner: 'a' }, minute)).toBe(version)
      const session = await store.sessions.get(id)
      await store.sessions.put(id, {}, 1000)
      const shorter = await store.sessions.get(id)
      expect((session?.expiresAt ?? 0) - (shorter?.expiresAt ?? 0)).toBeGreaterThan(minute / 2)
      expect(await inFlight()).toHaveLength(1)
    })

    it('are bounded', async () => {
      const version = await store.sessions.put(id, {}, minute)
      const start = (requestId: number) => store.sessions.startRequest(id, { requestId, owner: 'a' }, minute)
      await Promise.all(Array.from({ length: 1000 }, (_, requestId) => start(requestId)))
      await expect(start(1000)).rejects.toMatchObject({ code: 'too_many_requests' })
      expect(await start(999)).toBe(version)
      await store.sessions.finishRequest(id, 5, 'a')
      expect(await start(1000)).toBe(version)
    })
  })

  describe('leases', () => {
    let bench: ContractBench
    let store: Store
    let other: Store
    let id: string
    beforeEach(() => {
      ;({ bench, store, other, id } = given)
    })

    it('have one owner at a time', async () => {
      expect(await store.sessions.acquireLease(id, 'stream', 'a', minute)).toMatchObject({ held: true })
      expect(await other.sessions.acquireLease(id, 'stream', 'b', minute)).toEqual({ held: false, owner: 'a' })
      expect(await other.sessions.leaseOwner(id, 'stream')).toBe('a')
      expect(await other.sessions.renewLease(id, 'stream', 'b', minute)).toBe(false)
      expect(await other.sessions.releaseLease(id, 'stream', 'b')).toBe(false)
      expect(await store.sessions.renewLease(id, 'stream', 'a', minute)).toBe(true)
      expect(await store.sessions.acquireLease(id, 'stream', 'a', minute)).toMatchObject({ held: true })
      expect(await other.sessions.acquireLease(id, 'another name', 'b', minute)).toMatchObject({ held: true })
      expect(await store.sessions.releaseLease(id, 'stream', 'a')).toBe(true)
      expect(await store.sessions.releaseLease(id, 'stream', 'a')).toBe(false)
      expect(await other.sessions.leaseOwner(id, 'stream')).toBeUndefined()
      expect(await other.sessions.acquireLease(id, 'stream', 'b', minute)).toMatchObject({ held: true })
    })

    it('end when they are not renewed', async () => {
      await store.sessions.acquireLease(id, 'stream', 'a', 300)
      await bench.afterwards(400, async () => (await other.sessions.leaseOwner(id, 'stream')) === undefined)
      expect(await store.sessions.renewLease(id, 'stream', 'a', minute)).toBe(false)
      expect(await other.sessions.acquireLease(id, 'stream', 'b', minute)).toMatchObject({ held: true })
    })

    it('are taken by exactly one of many', async () => {
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, n) => (n % 2 ? store : other).sessions.acquireLease(id, 'x', `o${n}`, minute)),
      )
      const winner = results.findIndex(({ held }) => held)
      expect(results.filter(({ held }) => held)).toHaveLength(1)
      expect(results.filter((result) => !result.held && result.owner === `o${winner}`)).toHaveLength(19)
    })
  })

  describe('groups', () => {
    let bench: ContractBench
    let store: Store
    let other: Store
    let id: string
    beforeEach(() => {
      ;({ bench, store, other, id } = given)
    })

    it('admit up to their limit', async () => {
      const [a, b, c] = [randomUUID(), randomUUID(), randomUUID()]
      const admit = (session: string, ttl = minute) => other.sessions.admit(`group ${id}`, session, ttl, 2)
      expect(await admit(a)).toBe(true)
      expect(await admit(b, 300)).toBe(true)
      expect(await admit(c)).toBe(false)
      expect(await admit(a)).toBe(true)
      expect(await store.sessions.admit(`another ${id}`, c, minute, 2)).toBe(true)
      await bench.afterwards(400, () => admit(c))
      expect(await admit(b)).toBe(false)
      await store.sessions.leave(`group ${id}`, a)
      await store.sessions.leave(`group ${id}`, randomUUID())
      expect(await admit(b)).toBe(true)
      expect(await admit(a)).toBe(false)
    })
  })
}
