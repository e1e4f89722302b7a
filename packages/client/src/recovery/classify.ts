import type { DialectOptions } from './dialects.js'
import { lossRules } from './loss-rules.js'
import { readContent, type Refusal } from './refusal.js'
import type { Conclusion, LossRule, ReplayVerdict } from './rules/rule.js'

/** What an answer means for its session. `rule` is the row that decided, `undefined` when none had anything to say. */
export type Classification =
  | { readonly conclusion: 'lost'; readonly rule: string; readonly replay: ReplayVerdict }
  | {
      readonly conclusion: Exclude<Conclusion, 'lost'>
      readonly rule: string | undefined
      readonly replay?: undefined
    }

/** What is said of an answer that no row is about. */
export const notLost: Classification = { conclusion: 'not-lost', rule: undefined }

const rulesByStatus: ReadonlyMap<number, readonly LossRule[]> = new Map(
  [...new Set(lossRules.flatMap(({ statuses }) => statuses))].map((status) => [
    status,
    lossRules.filter(({ statuses }) => statuses.includes(status)),
  ]),
)

/**
 * Whether an answer with this status can mean anything for its session: if not, its body is not looked at.
 */
export function mayMeanLoss(status: number, dialects: DialectOptions = {}): boolean {
  const rules = rulesByStatus.get(status)
  return rules?.some((rule) => rule.conclusion !== 'not-lost' && isOn(rule, dialects)) ?? false
}

/**
 * Decides whether a refusal of a request of ours means that the server no longer knows its session. Not for the
 * answers to `initialize` and DELETE, which never mean that.
 */
export function classify(refusal: Refusal, dialects: DialectOptions = {}): Classification {
  const content = readContent(refusal.body)
  const decides = (rule: LossRule) =>
    isOn(rule, dialects) &&
    (refusal.carriedSession || rule.withoutSession === true || rule.conclusion === 'not-lost') &&
    rule.matches(refusal, content)
  const rule = rulesByStatus.get(refusal.status)?.find(decides)
  if (!rule) return notLost
  return rule.conclusion === 'lost'
    ? { conclusion: rule.conclusion, rule: rule.name, replay: rule.replay }
    : { conclusion: rule.conclusion, rule: rule.name }
}

function isOn({ dialect }: LossRule, dialects: DialectOptions): boolean {
  return dialect === undefined || dialects[dialect] !== false
}
