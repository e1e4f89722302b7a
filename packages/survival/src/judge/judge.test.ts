import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CallEvidence, Evidence, Expectation } from './evidence.js'
import { judge } from './judge.js'
import { findable, mask } from './mask.js'

const nothing: Evidence = {
  calls: [],
  executions: [],
  wire: [],
  wireExpectations: [],
  hearingExpectations: [],
  troubles: [],
  overrun: false,
  secrets: [],
}

const answer: Expectation = { kind: 'answer', value: { ok: true } }

function call(outcome: CallEvidence['outcome'], expectation: Expectation = answer): Evidence {
  return { ...nothing, calls: [{ label: 'the call', outcome, expectation }] }
}

const failed = (data: unknown, message = 'The session was lost', code = -32010): CallEvidence['outcome'] => ({
  kind: 'error',
  code,
  data,
  message,
})

const account = { code: 'recovery_failed', step: 'initialize', attempts: 1, durationMs: 5, cause: 'HTTP 500' }
const contract: Expectation = { kind: 'error', code: -32010, dataCode: 'recovery_failed', step: 'initialize' }

describe('a call that must be answered', () => {
  it.each([
    ['recovered', { kind: 'answer', value: { ok: true } }],
    ['wrong', { kind: 'answer', value: { ok: false } }],
    ['leaked', failed(undefined)],
    ['hang', { kind: 'hang' }],
    ['hang', undefined],
  ] as const)('%s', (verdict, outcome) => {
    expect(judge(call(outcome)).verdict).toBe(verdict)
  })
})

describe('a call that must end in the error of a failed recovery', () => {
  it.each([
    ['recovered', failed(account)],
    ['wrong', { kind: 'answer', value: {} }],
    ['wrong', failed(account, 'The session was lost', -32603)],
    ['wrong', failed({ ...account, code: 'other' })],
    ['wrong', failed({ ...account, step: 'replay' })],
    ['wrong', failed({ ...account, cause: '' })],
    ['wrong', failed({ ...account, attempts: undefined })],
    ['wrong', failed(account, 'The session session-1234 was lost')],
  ] as const)('%s: %j', (verdict, outcome) => {
    expect(judge({ ...call(outcome, contract), secrets: ['session-1234'] }).verdict).toBe(verdict)
  })

  it('must say what it is expected to say', () => {
    const says: Expectation = { kind: 'error', says: /no room/ }
    expect(judge(call(failed(undefined, 'no room here'), says)).verdict).toBe('recovered')
    expect(judge(call(failed(undefined, 'something else'), says)).verdict).toBe('wrong')
  })
})

it('leaves a call that was given up alone, unless it hangs', () => {
  const givenUp: Expectation = { kind: 'given-up' }
  expect(judge(call(failed(undefined), givenUp)).verdict).toBe('recovered')
  expect(judge(call({ kind: 'answer', value: 1 }, givenUp)).verdict).toBe('recovered')
  expect(judge(call({ kind: 'hang' }, givenUp)).verdict).toBe('hang')
})

it('counts executions', () => {
  const ran = (count: number) => judge({ ...nothing, executions: [{ tool: 't', key: 'k', count, least: 1, most: 1 }] })
  expect([ran(0).verdict, ran(1).verdict, ran(2).verdict]).toEqual(['wrong', 'recovered', 'duplicate'])
})

it('reads the wire', () => {
  const wire = (holds: boolean) => ({ ...nothing, wireExpectations: [{ description: 'so', holds: () => holds }] })
  expect(judge(wire(true)).verdict).toBe('recovered')
  expect(judge(wire(false))).toEqual({ verdict: 'wrong', reasons: ['wrong: not so on the wire: so'] })
})

it('hears of troubles and of a scenario without end', () => {
  expect(judge({ ...nothing, troubles: [{ kind: 'crash', text: 'died' }] }).verdict).toBe('crash')
  expect(judge({ ...nothing, overrun: true }).verdict).toBe('hang')
})

it('gives the worst verdict, and one reason for each finding', () => {
  const parts: readonly [string, Partial<Evidence>][] = [
    ['duplicate', { executions: [{ tool: 't', key: 'k', count: 2, least: 0, most: 1 }] }],
    ['crash', { troubles: [{ kind: 'crash', text: 'died' }] }],
    ['hang', { overrun: true }],
    ['leaked', { calls: call(failed(undefined)).calls }],
    ['wrong', { wireExpectations: [{ description: 'so', holds: () => false }] }],
  ]
  fc.assert(
    fc.property(fc.subarray([0, 1, 2, 3, 4]), (chosen) => {
      const evidence = chosen.reduce<Evidence>((sum, index) => ({ ...sum, ...parts[index]?.[1] }), nothing)
      const { verdict, reasons } = judge(evidence)
      expect(verdict).toBe(parts[chosen[0] ?? -1]?.[0] ?? 'recovered')
      expect(reasons).toHaveLength(chosen.length)
    }),
  )
})

it('masks ids that can be told from other text', () => {
  expect(findable(['1', 'session-1234', 'session-1234'])).toEqual(['session-1234'])
  expect(mask('1 session-1234 1', ['1', 'session-1234'])).toBe('1 <id 1> 1')
})

describe('a race that either side may win', () => {
  const either: Expectation = {
    kind: 'answer-or-error',
    value: { ok: true },
    code: -32010,
    dataCode: 'recovery_failed',
  }
  it.each([
    ['recovered', { kind: 'answer', value: { ok: true } }],
    ['wrong', { kind: 'answer', value: { ok: false } }],
    ['recovered', failed(account)],
    ['wrong', failed(account, 'The session was lost', -32011)],
    ['hang', { kind: 'hang' }],
  ] as const)('%s', (verdict, outcome) => {
    expect(judge(call(outcome, either)).verdict).toBe(verdict)
  })
})

it.each([
  ['recovered', true],
  ['wrong', false],
] as const)('what the client was told is judged: %s', (verdict, isTold) => {
  const heard = isTold ? [{ jsonrpc: '2.0', method: 'notifications/message' }] : []
  const expectation = { description: 'a message', heard, holds: (all: readonly unknown[]) => all.length === 1 }
  expect(judge({ ...nothing, hearingExpectations: [expectation] }).verdict).toBe(verdict)
})
