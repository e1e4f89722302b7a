import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backOffMs } from './back-off.js'
import { unavailabilityOf, waitBeforeNextTry } from './outage.js'

describe('waitBeforeNextTry', () => {
  const state = fc.record({
    elapsedMs: fc.nat(60_000),
    budgetMs: fc.nat(60_000),
    tries: fc.integer({ min: 1, max: 10_000 }),
    retryAfterMs: fc.option(fc.nat(100_000), { nil: undefined }),
    random: fc.double({ min: 0, max: 1, noNaN: true }),
  })

  it('never waits past the budget, and never less than the server asked for', () => {
    fc.assert(
      fc.property(state, (given) => {
        const wait = waitBeforeNextTry(given)
        if (wait === undefined) return
        expect(given.elapsedMs + wait).toBeLessThanOrEqual(given.budgetMs)
        expect(wait).toBeGreaterThanOrEqual(given.retryAfterMs ?? 0)
      }),
    )
  })

  it('gives up when the budget is spent, or has no room for what the server asks for', () => {
    const given = { elapsedMs: 0, budgetMs: 1000, tries: 1, retryAfterMs: undefined, random: 1 }
    expect(waitBeforeNextTry({ ...given, elapsedMs: 1000 })).toBeUndefined()
    expect(waitBeforeNextTry({ ...given, budgetMs: 0 })).toBeUndefined()
    expect(waitBeforeNextTry({ ...given, retryAfterMs: 1001 })).toBeUndefined()
    expect(waitBeforeNextTry({ ...given, retryAfterMs: 1000 })).toBe(1000)
    expect(waitBeforeNextTry({ ...given, elapsedMs: 990 })).toBe(10)
    expect(waitBeforeNextTry({ ...given, retryAfterMs: 0 })).toBe(200)
  })
})

it('backs off with full jitter in a window that doubles up to its cap', () => {
  expect([1, 2, 3, 4, 5, 6, 99].map((tries) => backOffMs(tries, 1))).toEqual([200, 400, 800, 1600, 3000, 3000, 3000])
  expect(backOffMs(5, 0)).toBe(0)
  expect(backOffMs(5, 0.5)).toBe(1500)
})

it.each([
  [503, 'not-ready'],
  [429, 'not-ready'],
  [502, 'broken-off'],
  [504, 'broken-off'],
  [500, undefined],
  [404, undefined],
  [200, undefined],
])('%d: %s', (status, expected) => {
  expect(unavailabilityOf(status)).toBe(expected)
})
