import type { Seen } from './balancer.js'
import type { Outcome } from './outcome.js'

export const outcomeUnknown = -32011

/** A call as its client, the wire, and the tool's own file have it. */
export interface Evidence {
  /** undefined: it is open. */
  readonly outcome: Outcome | undefined
  readonly post: Pick<Seen, 'status' | 'ending' | 'eventIds'>
  /** How many times the tool wrote down that it ran. */
  readonly runs: number
  /** Whether the client comes back to a call that was cut. */
  readonly isResumed: boolean
}

/** Whether a call stays open in its client by what happened on the wire: no SDK ends it by itself. */
export function staysOpen({ post, isResumed }: Pick<Evidence, 'post' | 'isResumed'>): boolean {
  return post.ending === 'broken' && post.status !== undefined && !(isResumed && post.eventIds.length > 0)
}

/** What is wrong with a call; undefined: nothing. */
export function whatIsWrong(evidence: Evidence): string | undefined {
  const { outcome, post, runs, isResumed } = evidence
  const isAnswered = outcome !== undefined && 'text' in outcome
  if (runs > 1) return 'it ran twice'
  if (isAnswered) return runs === 1 ? undefined : 'it is answered, and never ran'
  if (post.ending === 'open') return 'its request hangs'
  if (post.ending === 'complete') return 'its answer came, and the client does not have it'
  if (outcome === undefined) return staysOpen(evidence) ? undefined : 'it hangs'
  const isUnknown = outcome.code === outcomeUnknown
  if (post.status === undefined) return isUnknown ? 'its client can not have come back' : undefined
  return isResumed && isUnknown ? undefined : 'its client has come back, and was not told that the outcome is unknown'
}
