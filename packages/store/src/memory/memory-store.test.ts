import type { BackEnd } from '../contract/back-end.js'
import { storeContract } from '../contract/store-contract.fixture.js'
import { openStore } from '../front/open-store.js'
import { expect, it } from 'vitest'
import { MemoryBackEnd } from './memory-back-end.js'
import { memoryStore } from './memory-store.js'

storeContract('memory', () => {
  let now = 1_000_000
  const memory = new MemoryBackEnd(() => now, 100_000)
  const keys = new Set<string>()
  const given: unknown[] = []
  // What several stores of one test share; it notes all that it is given to keep.
  const shared = new Proxy<BackEnd>(memory, {
    get: (target, name: keyof BackEnd) => {
      if (name === 'close') return () => Promise.resolve()
      return (...args: unknown[]) => {
        given.push(
          name,
          ...args.flatMap((arg): unknown[] =>
            typeof arg === 'object' && arg !== null ? Object.values(arg as Record<string, unknown>) : [arg],
          ),
        )
        if (name === 'writeSession') keys.add(String(args[0]))
        return (target[name] as (...args: unknown[]) => unknown).apply(target, args)
      }
    },
  })
  return Promise.resolve({
    open: (options = {}) => openStore(options, () => shared),
    advance(ms) {
      now += ms
    },
    async afterwards(ms, condition) {
      now += ms
      expect(await condition()).toBe(true)
    },
    dump: () =>
      Promise.resolve(Buffer.concat(given.map((one) => (one instanceof Uint8Array ? one : Buffer.from(String(one)))))),
    async damageSessions(bytes) {
      for (const key of keys) {
        const raw = await memory.readSession(key)
        if (raw !== undefined) await memory.writeSession(key, { ...raw, bytes }, raw.expiresAt - now, 'any')
      }
    },
    close: () => memory.close(),
  })
})

it('refuses sessions beyond its limit, until old ones have ended', async () => {
  let now = 0
  const store = memoryStore({ maxSessions: 2, now: () => now })
  await store.sessions.put('a', {}, 1000)
  await store.sessions.put('b', {}, 5000)
  await store.sessions.put('b', { again: true }, 5000)
  await expect(store.sessions.put('c', {}, 1000)).rejects.toMatchObject({ code: 'store_full' })
  now = 2000
  await store.sessions.put('c', {}, 1000)
  expect(await store.sessions.get('b')).toBeDefined()
})

it('checks its options', () => {
  expect(() => memoryStore({ maxSessions: 0 })).toThrow('maxSessions has to be a whole number')
  expect(() => memoryStore({ events: { maxEvents: 0.5 } })).toThrow('events.maxEvents has to be a whole number')
  expect(() => memoryStore({ encryptionKeys: undefined })).toThrow('Is the environment variable set?')
  expect(() => memoryStore({ encryptionKeys: 'a:c2hvcnQ=' })).toThrow('"a" of 5 bytes')
  expect(() => memoryStore({ encryptionKeys: 'no key at all' })).toThrow('entry 1 that is not "id:base64"')
  expect(() => memoryStore({ readUnencrypted: true })).toThrow('needs encryptionKeys')
})
