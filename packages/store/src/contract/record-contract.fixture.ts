import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import type { JsonValue } from './session-store.js'
import type { StoreWarning } from './warning.js'
import type { ContractBench, Given } from './given.fixture.js'
import type { Store } from './store.js'

const minute = 60_000
const keys = {
  old: `old:${Buffer.alloc(32, 1).toString('base64')}`,
  new: `new:${Buffer.alloc(32, 2).toString('base64')}`,
}

/** The bus, and what records look like from outside. */
export function recordContract(given: Given): void {
  describe('the bus', () => {
    let store: Store
    let other: Store
    let id: string
    beforeEach(() => {
      ;({ store, other, id } = given)
    })

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
    let bench: ContractBench
    let id: string
    beforeEach(() => {
      ;({ bench, id } = given)
    })

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
}

/** Waits, a turn of the event loop at a time, for what the test's own timeout bounds. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}
