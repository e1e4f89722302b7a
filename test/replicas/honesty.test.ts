import { expect, it } from 'vitest'
import { outcomeUnknown, staysOpen, whatIsWrong, type Evidence } from './honesty.js'

const text = { text: 'done' }
const unknown = { error: 'restarted', code: outcomeUnknown }
const broke = { error: 'fetch failed', code: undefined }

const answered: Evidence['post'] = { status: 200, ending: 'complete', eventIds: ['a', 'b'] }
const cut: Evidence['post'] = { status: 200, ending: 'broken', eventIds: ['a'] }
const cutBeforeAnEvent: Evidence['post'] = { status: 200, ending: 'broken', eventIds: [] }
const cutBeforeTheAnswer: Evidence['post'] = { status: undefined, ending: 'broken', eventIds: [] }

it.for<[what: string, evidence: Evidence, wrong: boolean]>([
  ['an answer', { outcome: text, post: answered, runs: 1, isResumed: true }, false],
  ['an answer of a call that ran twice', { outcome: text, post: answered, runs: 2, isResumed: true }, true],
  ['an answer of a call that never ran', { outcome: text, post: answered, runs: 0, isResumed: true }, true],
  ['an error where the answer came', { outcome: unknown, post: answered, runs: 1, isResumed: true }, true],
  ['nothing where the answer came', { outcome: undefined, post: answered, runs: 1, isResumed: true }, true],
  ['the answer, had at another stream', { outcome: text, post: cut, runs: 1, isResumed: true }, false],
  ['an unknown outcome', { outcome: unknown, post: cut, runs: 1, isResumed: true }, false],
  ['an unknown outcome of a call that never ran', { outcome: unknown, post: cut, runs: 0, isResumed: true }, false],
  ['an unknown outcome of a call that ran twice', { outcome: unknown, post: cut, runs: 2, isResumed: true }, true],
  ['another error to a client that came back', { outcome: broke, post: cut, runs: 1, isResumed: true }, true],
  ['silence to a client that came back', { outcome: undefined, post: cut, runs: 1, isResumed: true }, true],
  ['silence to a client that can not', { outcome: undefined, post: cutBeforeAnEvent, runs: 1, isResumed: true }, false],
  ['silence to a client that does not', { outcome: undefined, post: cut, runs: 1, isResumed: false }, false],
  ['a broken connection', { outcome: broke, post: cutBeforeTheAnswer, runs: 1, isResumed: true }, false],
  ['silence there', { outcome: undefined, post: cutBeforeTheAnswer, runs: 1, isResumed: true }, true],
  ['an answer from nowhere', { outcome: unknown, post: cutBeforeTheAnswer, runs: 1, isResumed: true }, true],
])('judges: %s', ([, evidence, wrong]) => {
  expect(whatIsWrong(evidence) !== undefined).toBe(wrong)
})

it('knows which calls no client ends by itself', () => {
  expect(staysOpen({ post: cut, isResumed: true })).toBe(false)
  expect(staysOpen({ post: cut, isResumed: false })).toBe(true)
  expect(staysOpen({ post: cutBeforeAnEvent, isResumed: true })).toBe(true)
  expect(staysOpen({ post: cutBeforeTheAnswer, isResumed: true })).toBe(false)
})
