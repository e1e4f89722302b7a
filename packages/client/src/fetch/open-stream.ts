import { discardBody } from '../base/body.js'
import type { CallUnderWay } from '../session/calls-under-way.js'
import type { VirtualSession } from '../session/virtual-session.js'
import { answerUnlessSignedIn } from './after-challenge.js'
import { onCurrentEpoch, whyNotReplayable, type Call } from './call.js'
import { confirmLoss } from './confirm-loss.js'
import type { Seam } from './engine.js'
import { present, presentNoStream, presentStreamAway } from './present.js'
import { readRefusal } from './read-refusal.js'
import { renewFor, type AfterWaiting } from './renew-for.js'

/**
 * Opens an event stream of a session that is ours. Whatever the server answers, a session's connection must not be torn
 * down by it: clients give up on a GET's 404, and take 405 for "none offered".
 */
export async function openStream(seam: Seam, session: VirtualSession, call: Call): Promise<Response> {
  session.newestHeaders.remember(call.init.headers, call.url)
  const underWay = session.calls.add(call.message)
  try {
    return await open(seam, session, call, underWay)
  } finally {
    session.calls.delete(underWay)
  }
}

async function open(seam: Seam, session: VirtualSession, call: Call, underWay: CallUnderWay): Promise<Response> {
  let again = false
  if (session.lost || seam.renewals.underWay(session)) {
    const waited = await renewFor(seam, session, call, underWay)
    if (waited.kind !== 'renewed') return insteadOfStream(waited)
    again = true
  }
  for (;;) {
    call.signal?.throwIfAborted()
    const { epoch, upstreamId } = session
    const { authorizationChanges: change } = session.newestHeaders
    const answer = await seam.next(call.target, onCurrentEpoch(call, session, again))
    if (answer.ok) {
      session.standaloneStreamEpoch = epoch
      return present(answer, session)
    }
    const { response, verdict } = await readRefusal(seam, call, answer, upstreamId !== undefined)
    if (response.status === 401 && verdict.conclusion !== 'lost') {
      const refused = await answerUnlessSignedIn(seam, session, call, underWay, { response, change })
      if (refused) return refused
      again = true
      continue
    }
    if (verdict.conclusion !== 'lost' || session.closing) return present(response, session)
    discardBody(response)

    if (session.epoch === epoch) {
      // Servers without a standalone stream say 404 too, and mean 405.
      if (session.standaloneStreamEpoch !== epoch) return presentNoStream()
      const obstacle = whyNotReplayable(call)
      if (obstacle) {
        seam.emit({ type: 'not-recoverable', session: session.fingerprint, reason: obstacle })
        return presentNoStream()
      }
      const confirmed = await confirmLoss(seam, session, call)
      if (confirmed.verdict === 'alive') return presentNoStream()
      if (confirmed.verdict === 'unknown' || again) return presentStreamAway()
      if (session.epoch === epoch) {
        const { rule, status } = confirmed
        seam.emit({ type: 'session-lost', session: session.fingerprint, epoch, rule, status })
        const waited = await renewFor(seam, session, call, underWay)
        if (waited.kind !== 'renewed') return insteadOfStream(waited)
      }
    } else if (again) {
      return presentStreamAway()
    }
    again = true
  }
}

function insteadOfStream(waited: Exclude<AfterWaiting, { kind: 'renewed' }>): Response {
  return waited.kind === 'answered' ? waited.answer : presentStreamAway()
}
