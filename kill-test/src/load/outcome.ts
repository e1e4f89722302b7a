import type { Outcome, WireRecord } from '../judge/history.js'

const outcomeUnknown = -32011

/**
 * How an operation ended that its client rejected. What became of it is known from its POST and not from the error, which
 * looks different in each SDK.
 * @param post the last one that was sent for it
 * @returns undefined where it was certainly not sent, so that it may be tried again
 */
export function outcomeOf(error: unknown, post: WireRecord | undefined): Outcome | undefined {
  const text = error instanceof Error ? error.message : String(error)
  if (post === undefined) return { kind: 'error', text: `never sent: ${text}` }
  if (post.isNotSent) return undefined
  if (post.status === undefined) return post.ending === 'open' ? { kind: 'hung', text } : { kind: 'broken' }
  if (post.status === 404) return { kind: 'refused', text }
  if (post.status >= 400) return { kind: 'error', text: `HTTP ${post.status}: ${text}` }
  if ((error as { code?: unknown }).code === outcomeUnknown) return { kind: 'outcome-unknown' }
  // The client has no event of this stream that it could come back to. Neither SDK ends such a call by itself.
  if (isLostBeforeItsFirstEvent(post)) return { kind: 'broken' }
  return { kind: /timed out|timeout/i.test(text) ? 'hung' : 'error', text }
}

/** The answer to a POST began, and broke off without an event. */
export function isLostBeforeItsFirstEvent({ method, status, bytes, ending }: WireRecord): boolean {
  return method === 'POST' && status === 200 && bytes === 0 && ending === 'broken'
}
