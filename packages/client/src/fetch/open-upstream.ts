import { discardBody } from '../base/body.js'
import type { VirtualSession } from '../session/virtual-session.js'
import { whyNotReplayable, type Call } from './call.js'
import { confirmLoss, type Confirmation } from './confirm-loss.js'
import type { Seam } from './engine.js'
import { readRefusal } from './read-refusal.js'

/** What came of a GET for an event stream. */
export type Opened =
  | { readonly kind: 'opened'; readonly response: Response; readonly epoch: number }
  /** It was answered, and the answer says nothing about the session. */
  | { readonly kind: 'refused'; readonly response: Response }
  /** The server offers no such stream. */
  | { readonly kind: 'none' }
  | { readonly kind: 'lost'; readonly confirmed: Extract<Confirmation, { verdict: 'lost' }> }
  /** The session may be lost, and nobody is there who could say so. */
  | { readonly kind: 'suspicious' }
  /** The session was renewed meanwhile. */
  | { readonly kind: 'outdated' }

/**
 * Sends a GET for an event stream in the session's current epoch. A 404 means that the server has none, as 405 does,
 * until a stream was open in this epoch; from then on it makes the session's loss likely, and a `ping` says whether it is.
 * Rejects with what `fetch` rejects with.
 */
export async function openUpstream(seam: Seam, session: VirtualSession, get: Call): Promise<Opened> {
  const { epoch, upstreamId } = session
  const answer = await seam.next(get.target, get.init)
  if (answer.ok) {
    if (session.epoch === epoch) session.standaloneStreamEpoch = epoch
    return { kind: 'opened', response: answer, epoch }
  }
  const { response, verdict } = await readRefusal(seam, get, answer, upstreamId !== undefined)
  if (verdict.conclusion !== 'lost' || session.closing) return { kind: 'refused', response }
  discardBody(response)
  if (session.epoch !== epoch) return { kind: 'outdated' }
  if (session.standaloneStreamEpoch !== epoch) return { kind: 'none' }
  const obstacle = whyNotReplayable(get)
  if (obstacle) {
    seam.emit({ type: 'not-recoverable', session: session.fingerprint, reason: obstacle })
    return { kind: 'none' }
  }
  const confirmed = await confirmLoss(seam, session, get)
  if (confirmed.verdict === 'alive') return { kind: 'none' }
  if (session.epoch !== epoch) return { kind: 'outdated' }
  return confirmed.verdict === 'lost' ? { kind: 'lost', confirmed } : { kind: 'suspicious' }
}
