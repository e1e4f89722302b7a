import type { DialectOptions } from './dialects.js'
import { lossRules, type Conclusion } from './loss-rules.js'
import { readContent, type Refusal } from './refusal.js'

export interface Classification {
  readonly conclusion: Conclusion
  /** The rule that decided; `undefined` when none had anything to say. */
  readonly rule: string | undefined
}

/** Whether an answer with this status can mean a lost session at all: if not, its body is not looked at. */
export function mayMeanLoss(status: number): boolean {
  return lossStatuses.has(status)
}

const lossStatuses: ReadonlySet<number> = new Set(
  lossRules.filter(({ conclusion }) => conclusion === 'lost').flatMap(({ statuses }) => statuses),
)

/**
 * Decides whether a refusal of a request of ours means that the server no longer knows its session. Not for the
 * answers to `initialize` and DELETE, which never mean that.
 */
export function classify(refusal: Refusal, dialects: DialectOptions = {}): Classification {
  const content = readContent(refusal.body)
  const rule = lossRules.find(
    ({ statuses, dialect, withoutSession, matches }) =>
      statuses.includes(refusal.status) &&
      (dialect === undefined || dialects[dialect] !== false) &&
      (refusal.carriedSession || withoutSession === true) &&
      matches(refusal, content),
  )
  return { conclusion: rule?.conclusion ?? 'not-lost', rule: rule?.name }
}
