import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { randomUUID } from 'node:crypto'
import type { StoreError } from './errors.js'
import type { JsonValue } from './session-store.js'
import type { Store, StoreOptions } from './store.js'
import { expectToBehaveAsModel } from './store-model.fixture.js'
import type { StoreWarning } from './warning.js'

/** One back end, with real data behind it. */
export interface ContractBench {
  /** Opens a store on the data; as often as is asked, all on the same data. */
  open(options?: StoreOptions): Store
  /** Lets this much time pass and then waits for the condition; where time can't be moved it is only waited for. */
  afterwards(ms: number, condition: () => Promise<boolean>): Promise<void>
  /** Lets time pass; not there where time can't be moved. */
  advance?(ms: number): void
  /** Every byte that somebody with a dump of the store would see. */
  dump(): Promise<Buffer>
  /** Overwrites the bytes of every session's record. */
  damageSessions(bytes: Buffer): Promise<void>
  close(): Promise<void>
}

const minute = 60_000
const keys = {
  old: `old:${Buffer.alloc(32, 1).toString('base64')}`,
  new: `new:${Buffer.alloc(32, 2).toString('base64')}`,
}

/** What every store does, whatever is behind it. */
export function storeContract(name: string, start: () => Promise<ContractBench>): void {
  describe(`${name}: the contract`, () => {
    let bench: ContractBench
    let store: Store
    let other: Store
    let id: string

    beforeAll(async () => {
      bench = await start()
      store = bench.open()
      other = bench.open()
    })
    afterAll(async () => {
      await Promise.all([store.close(), other.close()])
      await bench.close()
    })
    beforeEach(() => {
      id = randomUUID()
    })

    describe('sessions', () => {
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
        expect(await store.sessions.touch(id, minute)).toBe(false)
        expect(await store.sessions.requestsInFlight(id)).toEqual([])
        expect(await store.events(id).read(event)).toEqual({ status: 'unknown' })
      })

      it('ends a session that nobody touches, and no other', async () => {
        const touched = randomUUID()
        await store.sessions.put(id, {}, 300)
        await store.sessions.put(touched, {}, 300)
        expect(await other.sessions.touch(touched, minute)).toBe(true)
        await bench.afterwards(400, async () => (await store.sessions.get(id)) === undefined)
        expect(await store.sessions.touch(id, minute)).toBe(false)
        expect(await store.sessions.startRequest(id, { requestId: 1, owner: 'a' }, minute)).toBe(false)
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
      const inFlight = async () =>
        (await other.sessions.requestsInFlight(id)).map((request) => JSON.stringify(request)).sort()

      it('are noted by id and owner, and finished by both', async () => {
        expect(await store.sessions.startRequest(id, { requestId: 7, owner: 'a' }, minute)).toBe(false)
        expect(await inFlight()).toEqual([])
        await store.sessions.put(id, {}, minute)
        const requests = [
          { requestId: '7', owner: 'a' },
          { requestId: 7, owner: 'a', streamId: 'stream' },
          { requestId: 7, owner: 'b' },
          { requestId: 'x'.repeat(1000), owner: 'b' },
        ]
        for (const request of requests) expect(await store.sessions.startRequest(id, request, minute)).toBe(true)
        expect(await inFlight()).toEqual(requests.map((request) => JSON.stringify(request)).sort())
        await other.sessions.finishRequest(id, 7, 'a')
        await other.sessions.finishRequest(id, 8, 'a')
        await other.sessions.finishRequest(id, 'x'.repeat(1000), 'b')
        expect(await inFlight()).toEqual([JSON.stringify(requests[2]), JSON.stringify(requests[0])].sort())
      })

      it('let the session live', async () => {
        await store.sessions.put(id, {}, 1000)
        expect(await store.sessions.startRequest(id, { requestId: 1, owner: 'a' }, minute)).toBe(true)
        const session = await store.sessions.get(id)
        await store.sessions.put(id, {}, 1000)
        const shorter = await store.sessions.get(id)
        expect((session?.expiresAt ?? 0) - (shorter?.expiresAt ?? 0)).toBeGreaterThan(minute / 2)
        expect(await inFlight()).toHaveLength(1)
      })

      it('are bounded', async () => {
        await store.sessions.put(id, {}, minute)
        const start = (requestId: number) => store.sessions.startRequest(id, { requestId, owner: 'a' }, minute)
        await Promise.all(Array.from({ length: 1000 }, (_, requestId) => start(requestId)))
        await expect(start(1000)).rejects.toMatchObject({ code: 'too_many_requests' })
        expect(await start(999)).toBe(true)
        await store.sessions.finishRequest(id, 5, 'a')
        expect(await start(1000)).toBe(true)
      })
    })

    describe('leases', () => {
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

    describe('events', () => {
      const replayed = async (from: Store, eventId: string) => {
        const sent: [string, object][] = []
        const send = (sentId: string, message: object) => {
          sent.push([sentId, message])
          return Promise.resolve()
        }
        return { stream: await from.events(id).replayEventsAfter(eventId, { send }), sent }
      }

      it('come back after an id, of this stream only, in order, from every process', async () => {
        const events = [store.events(id), other.events(id)] as const
        const ids: string[] = []
        for (let n = 0; n < 250; n++) {
          const event = await events[n % 2 ? 1 : 0].storeEvent('stream-a', { jsonrpc: '2.0', n })
          ids.push(event)
          if (n % 50 === 0) await events[0].storeEvent('_GET_stream', { n })
        }
        expect(new Set(ids).size).toBe(250)
        const { stream, sent } = await replayed(other, ids[9] ?? '')
        expect(stream).toBe('stream-a')
        expect(sent).toEqual(ids.slice(10).map((event, index) => [event, { jsonrpc: '2.0', n: index + 10 }]))
        expect(await replayed(store, ids.at(-1) ?? '')).toEqual({ stream: 'stream-a', sent: [] })
        expect(await events[1].getStreamIdForEventId(ids[3] ?? '')).toBe('stream-a')
        expect((await events[0].readFromStart('_GET_stream')).events.map(({ message }) => message)).toEqual(
          [0, 50, 100, 150, 200].map((n) => ({ n })),
        )
        const first = await events[0].read(ids[0] ?? '', 3)
        expect(first).toMatchObject({ status: 'found', page: { streamId: 'stream-a', more: true } })
        expect(first.page?.events.map(({ eventId }) => eventId)).toEqual(ids.slice(1, 4))
      })

      it('keep their order when nobody waits for them', async () => {
        const events = store.events(id)
        const appended = Array.from({ length: 100 }, (_, n) => events.append('stream', { n }))
        await Promise.all(appended.map(({ stored }) => stored))
        const page = await other.events(id).readFromStart('stream', 1000)
        expect(page).toEqual({
          streamId: 'stream',
          events: appended.map(({ eventId }, n) => ({ eventId, message: { n } })),
          more: false,
        })
      })

      it('are of their session only', async () => {
        const event = await store.events(id).storeEvent('_GET_stream', {})
        const another = store.events(randomUUID())
        expect(await another.read(event)).toEqual({ status: 'unknown' })
        expect(await another.getStreamIdForEventId(event)).toBeUndefined()
        await expect(
          another.replayEventsAfter(event, { send: () => Promise.reject(new Error('no')) }),
        ).rejects.toMatchObject({ code: 'event_unknown' })
      })

      it('know what is no event id', async () => {
        const events = store.events(id)
        for (const wrong of ['', 'x', '~', 'a~b c', 'a\n~b', '%~b', `${'a'.repeat(600)}~b`, 'ä~b']) {
          expect(await events.read(wrong)).toEqual({ status: 'invalid' })
          expect(await events.getStreamIdForEventId(wrong)).toBeUndefined()
        }
        const awkward = await events.storeEvent('a~b/ä {c}', { n: 1 })
        expect(awkward).toMatch(/^[!-~]+$/)
        expect(await events.getStreamIdForEventId(awkward)).toBe('a~b/ä {c}')
        await expect(events.storeEvent('', {})).rejects.toMatchObject({ code: 'invalid_option' })
      })

      it('are trimmed by count, and what may be missing is told', async () => {
        const few = bench.open({ events: { maxEvents: 5 } })
        const events = few.events(id)
        const notification = await events.storeEvent('_GET_stream', { quiet: true })
        const ids: string[] = []
        for (let n = 0; n < 12; n++) ids.push(await events.storeEvent('busy', { n }))
        expect((await events.readFromStart('busy')).events.map(({ eventId }) => eventId)).toEqual(ids.slice(7))
        expect(await events.read(ids[6] ?? '')).toMatchObject({ status: 'trimmed' })
        expect(await events.getStreamIdForEventId(ids[6] ?? '')).toBeUndefined()
        await expect(replayed(few, ids[6] ?? '')).rejects.toMatchObject({ code: 'event_unknown' })
        expect((await replayed(few, ids[7] ?? '')).sent).toHaveLength(4)
        // Calls drive no notification out.
        expect(await events.read(notification)).toMatchObject({ status: 'found', page: { events: [] } })
        await events.clear()
        expect(await events.read(notification)).toEqual({ status: 'unknown' })
        await few.close()
      })

      it('are trimmed by size, but never the newest', async () => {
        const small = bench.open({ events: { maxBytes: 5000 } })
        const events = small.events(id)
        const text = 'x'.repeat(2000)
        for (let n = 0; n < 10; n++) await events.storeEvent('stream', { n, text })
        expect(
          (await events.readFromStart('stream')).events.map(({ message }) => (message as { n: number }).n),
        ).toEqual([8, 9])
        const large = await events.storeEvent('stream', { text: text.repeat(10) })
        expect((await events.readFromStart('stream')).events.map(({ eventId }) => eventId)).toEqual([large])
        await small.close()
      })

      it('are trimmed by age', async () => {
        const brief = bench.open({ events: { maxAge: 300 } })
        await brief.sessions.put(id, {}, minute)
        const first = await brief.events(id).storeEvent('stream', { n: 1 })
        let newest = ''
        await bench.afterwards(400, async () => {
          newest = await brief.events(id).storeEvent('stream', {})
          return (await brief.events(id).read(first)).status === 'trimmed'
        })
        // The newest is kept for as long as the session.
        await bench.afterwards(400, async () => (await brief.events(id).read(newest)).status === 'found')
        await brief.close()
      })
    })

    describe('the bus', () => {
      it('tells every process, in order, what is for whom', async () => {
        const heard: [string, JsonValue][] = []
        const listener = (who: string) => ({ onMessage: (message: JsonValue) => void heard.push([who, message]) })
        const ends = [
          await store.bus.subscribe(id, listener('a')),
          await other.bus.subscribe(id, listener('b')),
          await other.bus.subscribe(undefined, listener('all')),
        ]
        await store.bus.publish(randomUUID(), 'not for you')
        for (let n = 0; n < 20; n++) await (n % 2 ? store : other).bus.publish(id, n)
        await store.bus.publish(undefined, { everybody: true })
        await until(() => heard.some(([who]) => who === 'all') && heard.length >= 41)
        const numbers = Array.from({ length: 20 }, (_, n) => n)
        for (const who of ['a', 'b']) {
          expect(heard.filter(([name]) => name === who).map(([, message]) => message)).toEqual(numbers)
        }
        expect(heard.filter(([who]) => who === 'all')).toEqual([['all', { everybody: true }]])
        for (const end of ends) end()
        const last = new Promise<void>((resolve) => {
          void other.bus
            .subscribe(undefined, {
              onMessage: () => {
                resolve()
              },
            })
            .then(() => store.bus.publish(undefined, 1))
        })
        await store.bus.publish(id, 'nobody is there')
        await last
        expect(heard).toHaveLength(41)
        await expect(store.bus.publish(id, 'x'.repeat(70_000))).rejects.toMatchObject({ code: 'too_large' })
      })
    })

    describe('records', () => {
      it('that are damaged or foreign are a miss and a warning', async () => {
        const warnings: StoreWarning[] = []
        const watched = bench.open({ onWarning: (warning) => void warnings.push(warning) })
        for (const bytes of [
          Buffer.from(''),
          Buffer.from('{"v":1}'),
          Buffer.of(1, 0, 0, 0, 0, 123),
          Buffer.of(2, 1, 97),
          Buffer.of(1),
        ]) {
          await watched.sessions.put(id, { n: 1 }, minute)
          await bench.damageSessions(bytes)
          expect(await watched.sessions.get(id)).toBeUndefined()
          expect(await watched.sessions.compareAndSet(id, undefined, { n: 2 }, minute)).toMatchObject({ written: true })
          expect((await watched.sessions.get(id))?.data).toEqual({ n: 2 })
        }
        expect(new Set(warnings.map(({ code }) => code))).toEqual(new Set(['record_foreign', 'record_damaged']))
        for (const { message } of warnings) expect(message).not.toContain(id)
        await watched.close()
      })

      it('show no live id, and encrypted nothing at all', async () => {
        const sealed = bench.open({ encryptionKeys: keys.old })
        const secret = `secret-${randomUUID()}`
        await sealed.sessions.put(id, { secret }, minute)
        await sealed.sessions.startRequest(id, { requestId: secret, owner: 'a' }, minute)
        await sealed.events(id).storeEvent('stream', { secret })
        await sealed.bus.publish(id, secret)
        await sealed.sessions.admit(`principal ${secret}`, id, minute, 10)
        const dump = await bench.dump()
        expect(dump.length).toBeGreaterThan(0)
        expect(dump.includes(id)).toBe(false)
        expect(dump.includes(secret)).toBe(false)
        const plain = bench.open()
        await plain.sessions.put(id, { secret }, minute)
        const plainDump = await bench.dump()
        expect(plainDump.includes(id)).toBe(false)
        expect(plainDump.includes(secret)).toBe(true)
        await Promise.all([sealed.close(), plain.close()])
      })

      it('are read with every key, and written with the first', async () => {
        const warnings: StoreWarning[] = []
        const onWarning = (warning: StoreWarning) => void warnings.push(warning)
        const before = bench.open({ encryptionKeys: keys.old })
        await before.sessions.put(id, { n: 1 }, minute)
        const event = await before.events(id).storeEvent('stream', { n: 1 })
        const during = bench.open({ encryptionKeys: `${keys.new},${keys.old}` })
        expect((await during.sessions.get(id))?.data).toEqual({ n: 1 })
        expect(await during.events(id).getStreamIdForEventId(event)).toBe('stream')
        const after = bench.open({ encryptionKeys: keys.new, onWarning })
        expect(await after.sessions.get(id)).toBeUndefined()
        await during.sessions.put(id, { n: 2 }, minute)
        expect((await after.sessions.get(id))?.data).toEqual({ n: 2 })
        const none = bench.open({ onWarning })
        expect(await none.sessions.get(id)).toBeUndefined()
        await none.sessions.put(id, { n: 3 }, minute)
        expect(await after.sessions.get(id)).toBeUndefined()
        const lenient = bench.open({ encryptionKeys: keys.new, readUnencrypted: true })
        expect((await lenient.sessions.get(id))?.data).toEqual({ n: 3 })
        expect(warnings.map(({ code }) => code)).toEqual(['key_unknown', 'record_foreign', 'record_foreign'])
        await Promise.all([before, during, after, none, lenient].map((one) => one.close()))
      })
    })

    it('behaves as a model of a few lines, in random histories', { timeout: 60_000 }, async () => {
      const advance = bench.advance?.bind(bench)
      await expectToBehaveAsModel([store, other], advance, advance === undefined ? 30 : 60)
    })

    it('refuses everything after close, which may be called twice', async () => {
      const closed = bench.open()
      await closed.sessions.put(id, {}, minute)
      await Promise.all([closed.close(), closed.close(), closed[Symbol.asyncDispose]()])
      const refused = [closed.sessions.get(id), closed.events(id).storeEvent('s', {}), closed.bus.publish(id, 1)]
      for (const result of await Promise.allSettled(refused)) {
        expect((result as PromiseRejectedResult).reason as StoreError).toMatchObject({ code: 'store_closed' })
      }
      expect(await store.sessions.get(id)).toBeDefined()
    })
  })
}

/** Waits, a turn of the event loop at a time, for what the test's own timeout bounds. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}
