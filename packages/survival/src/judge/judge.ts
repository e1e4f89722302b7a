import { at, sameJson } from '../wire/json.js'
import type { Outcome } from '../faces/outcome.js'
import type { CallEvidence, ErrorMarks, Evidence, ExecutionEvidence } from './evidence.js'

/**
 * How a face came through a scenario.
 * - `recovered`: everything was as it should be
 * - `leaked`: a call that should have been answered ended in an error
 * - `duplicate`: a tool ran more often than it was allowed to
 * - `hang`: a call or the scenario did not end in time
 * - `crash`: the client died
 * - `wrong`: any other broken expectation
 */
export type Verdict = 'recovered' | 'leaked' | 'duplicate' | 'hang' | 'wrong' | 'crash'

export interface Judgement {
  readonly verdict: Verdict
  /** One line for each broken expectation. */
  readonly reasons: readonly string[]
}

interface Finding {
  readonly verdict: Exclude<Verdict, 'recovered'>
  readonly reason: string
}

/** The worst finding gives the verdict: doing a thing twice can't be taken back, so nothing hides it. */
const SEVERITY = ['duplicate', 'crash', 'hang', 'leaked', 'wrong'] as const

/** Judges what a scenario left behind. */
export function judge(evidence: Evidence): Judgement {
  const findings = [
    ...evidence.executions.flatMap(judgeExecutions),
    ...evidence.troubles.map(({ kind, text }): Finding => ({ verdict: kind, reason: text })),
    ...(evidence.overrun ? [{ verdict: 'hang', reason: 'the scenario did not end in time' } as const] : []),
    ...evidence.calls.flatMap((call) => judgeCall(call, evidence.secrets)),
    ...evidence.wireExpectations
      .filter(({ holds }) => !holds(evidence.wire))
      .map(({ description }): Finding => ({ verdict: 'wrong', reason: `not so on the wire: ${description}` })),
    ...evidence.hearingExpectations
      .filter(({ heard, holds }) => !holds(heard))
      .map(({ description }): Finding => ({ verdict: 'wrong', reason: `the client was not told so: ${description}` })),
  ]
  const verdict = SEVERITY.find((candidate) => findings.some((finding) => finding.verdict === candidate))
  return { verdict: verdict ?? 'recovered', reasons: findings.map(({ verdict, reason }) => `${verdict}: ${reason}`) }
}

function judgeExecutions({ tool, key, count, least, most }: ExecutionEvidence): readonly Finding[] {
  const seen = `${tool} ran ${String(count)} times for key ${key}`
  if (count > most) return [{ verdict: 'duplicate', reason: `${seen}, at most ${String(most)} allowed` }]
  if (count < least) return [{ verdict: 'wrong', reason: `${seen}, at least ${String(least)} expected` }]
  return []
}

function judgeCall(call: CallEvidence, secrets: readonly string[]): readonly Finding[] {
  const { label, outcome, expectation } = call
  if (outcome === undefined || outcome.kind === 'hang') return [{ verdict: 'hang', reason: `${label} had no outcome` }]
  if (outcome.kind === 'answer') {
    if (expectation.kind === 'error') return [{ verdict: 'wrong', reason: `${label} was answered, not refused` }]
    if (expectation.kind === 'given-up' || expectation.value === undefined) return []
    if (sameJson(outcome.value, expectation.value)) return []
    return [{ verdict: 'wrong', reason: `${label} got another answer: ${JSON.stringify(outcome.value)}` }]
  }
  if (expectation.kind === 'answer') return [{ verdict: 'leaked', reason: `${label}: ${outcome.message}` }]
  if (expectation.kind === 'given-up') return []
  return judgeError(label, outcome, expectation, secrets)
}

function judgeError(
  label: string,
  outcome: Extract<Outcome, { kind: 'error' }>,
  expectation: ErrorMarks,
  secrets: readonly string[],
): readonly Finding[] {
  const told = JSON.stringify([outcome.message, outcome.data])
  const checks: readonly (readonly [string, boolean])[] = [
    [`code ${String(expectation.code)}`, expectation.code === undefined || outcome.code === expectation.code],
    [
      `data.code ${String(expectation.dataCode)}`,
      expectation.dataCode === undefined || at(outcome.data, 'code') === expectation.dataCode,
    ],
    [
      `data.step ${String(expectation.step)}`,
      expectation.step === undefined || at(outcome.data, 'step') === expectation.step,
    ],
    ['attempts, durationMs and cause in its data', expectation.dataCode === undefined || isAccount(outcome.data)],
    [`a text like ${String(expectation.says)}`, expectation.says === undefined || expectation.says.test(told)],
    ['no session id or token in its text', !secrets.some((secret) => told.includes(secret))],
  ]
  return checks
    .filter(([, met]) => !met)
    .map(([what]) => ({ verdict: 'wrong', reason: `the error of ${label} should have ${what}: ${told}` }))
}

/** What was tried, how often, for how long, and why it failed. */
function isAccount(data: unknown): boolean {
  const cause = at(data, 'cause')
  return (
    typeof at(data, 'attempts') === 'number' &&
    typeof at(data, 'durationMs') === 'number' &&
    typeof cause === 'string' &&
    cause !== ''
  )
}
