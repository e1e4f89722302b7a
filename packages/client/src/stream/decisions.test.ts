import fc from 'fast-check'
import { expect, it } from 'vitest'
import { reopenDelayMs, resumeDelayMs } from '../recovery/reopening.js'
import { afterBreak } from './after-break.js'
import { ProgressFilter } from './progress-filter.js'

it('resumes in the session that has the rest and nowhere else', () => {
  const flags = fc.record({
    isUnwanted: fc.boolean(),
    isSessionCurrent: fc.boolean(),
    hasEventId: fc.boolean(),
    isResumeRefused: fc.boolean(),
  })
  fc.assert(
    fc.property(flags, (broken) => {
      const verdict = afterBreak(broken)
      if (broken.isUnwanted) expect(verdict).toBe('close')
      else if (verdict === 'resume')
        expect(broken).toMatchObject({ isSessionCurrent: true, hasEventId: true, isResumeRefused: false })
      else expect(verdict).toBe('ask-anew')
    }),
  )
  expect(afterBreak({ isUnwanted: false, isSessionCurrent: true, hasEventId: true, isResumeRefused: false })).toBe(
    'resume',
  )
})

const state = fc.record({
  barrenTries: fc.nat(1000),
  retryMs: fc.option(fc.nat(10_000_000), { nil: undefined }),
  random: fc.double({ min: 0, max: 1, noNaN: true }),
})

it.each([
  ['call’s', resumeDelayMs],
  ['standalone', reopenDelayMs],
])(
  'never waits longer than half a minute with a %s stream, nor less than it was asked to, within that',
  (_name, delay) => {
    fc.assert(
      fc.property(state, (its) => {
        const waitMs = delay(its)
        expect(waitMs).toBeGreaterThanOrEqual(Math.min(its.retryMs ?? 0, 30_000))
        expect(waitMs).toBeLessThanOrEqual(30_000)
      }),
    )
  },
)

it('does not hurry a server whose standalone stream it can’t have', () => {
  fc.assert(
    fc.property(state, (its) => {
      expect(reopenDelayMs({ ...its, barrenTries: 6 })).toBeGreaterThanOrEqual(15_000)
    }),
  )
})

it('lets progress go on only, each token for itself, and holds a bounded number of them', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(5), fc.integer())), (steps) => {
      const filter = new ProgressFilter()
      const shown = steps.filter(([token, progress]) => {
        const news = filter.isNews(token, progress)
        if (news) filter.note(token, progress)
        return news
      })
      for (const token of [0, 1, 2, 3, 4, 5]) {
        const values = shown.filter(([each]) => each === token).map(([, value]) => value)
        expect(values).toEqual([...new Set(values)].sort((a, b) => a - b))
      }
    }),
  )
})
