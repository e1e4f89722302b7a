import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ExpiringMap } from './expiring-map.js'

it('holds at most about what lives, without anybody asking for the rest', () => {
  let now = 0
  const map = new ExpiringMap<{ expiresAt: number }>(() => now)
  for (let n = 0; n < 10_000; n++) {
    now = n
    map.set(String(n), { expiresAt: n + 100 })
  }
  expect(map.size).toBeLessThan(400)
})

it('is a map of what has not expired', () => {
  const step = fc.record({
    key: fc.constantFrom('a', 'b', 'c'),
    action: fc.constantFrom('set', 'delete', 'wait', 'sweep'),
    ms: fc.integer({ min: 1, max: 50 }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let now = 0
      const map = new ExpiringMap<{ expiresAt: number }>(() => now)
      const model = new Map<string, number>()
      for (const { key, action, ms } of steps) {
        if (action === 'wait') now += ms
        else if (action === 'sweep') map.sweepAll()
        else if (action === 'delete') {
          expect(map.delete(key)).toBe((model.get(key) ?? 0) > now)
          model.delete(key)
        } else {
          map.set(key, { expiresAt: now + ms })
          model.set(key, now + ms)
        }
        for (const one of ['a', 'b', 'c']) expect(map.get(one) !== undefined).toBe((model.get(one) ?? 0) > now)
      }
    }),
  )
})
