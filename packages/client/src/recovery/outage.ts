import { backOffMs } from './back-off.js'
import type { Progress } from './replay-decision.js'

/** How an outage stands, as plain data to decide by. Times in milliseconds. */
export interface OutageState {
  /** Since the first failure of this request. */
  readonly elapsedMs: number
  readonly budgetMs: number
  /** How many tries have failed, from 1. */
  readonly tries: number
  /** What the server asked for, if it did. */
  readonly retryAfterMs: number | undefined
  /** A number from 0 to 1. */
  readonly random: number
}

/**
 * How long to wait before the next try; `undefined` when the budget has no room for it. A server that names a time is
 * not asked before it.
 */
export function waitBeforeNextTry({
  elapsedMs,
  budgetMs,
  tries,
  retryAfterMs,
  random,
}: OutageState): number | undefined {
  const leftMs = budgetMs - elapsedMs
  if (leftMs <= 0) return undefined
  // "At once" names no time: who believed it would ask without a pause until the budget ends.
  if (retryAfterMs !== undefined && retryAfterMs > 0) return retryAfterMs <= leftMs ? retryAfterMs : undefined
  return Math.min(leftMs, backOffMs(tries, random))
}

/** What an HTTP status says about a server that did not answer the request itself. */
export type Unavailability = 'not-ready' | 'broken-off'

/**
 * - `not-ready`: it says that it did not take the request (RFC 9110, 15.6.4; RFC 6585, 4): any request is sent again.
 * - `broken-off`: a proxy lost the server in between (RFC 9110, 15.6.3 and 15.6.5): it may have run.
 */
export function unavailabilityOf(status: number): Unavailability | undefined {
  if (status === 503 || status === 429) return 'not-ready'
  return status === 502 || status === 504 ? 'broken-off' : undefined
}

/**
 * How far a request came that was answered so. 500 (`undefined`) proves nothing.
 * @param isProven whether the answer proves that the request was not run
 */
export function progressBehind(unavailability: Unavailability | undefined, isProven: boolean): Progress {
  if (unavailability === 'not-ready') return 'not-started'
  return isProven ? 'not-dispatched' : 'unknown'
}
