import { discardBody } from '../base/body.js'
import { causeOf, outcomeUnknownError, recoveryFailedError, type RecoveryFailure } from '../recovery/failure.js'
import { afterRecovery, isCancellation, isInitialized } from '../recovery/replay-decision.js'
import type { CallUnderWay } from '../session/calls-under-way.js'
import type { VirtualSession } from '../session/virtual-session.js'
import { isSigned } from '../wire/headers.js'
import { isId, methodOf, requestIds } from '../wire/json-rpc.js'
import { mayBeNotification, onCurrentEpoch, type Call } from './call.js'
import type { Seam } from './engine.js'
import { present, presentAccepted, presentError } from './present.js'
import { readRefusal } from './read-refusal.js'
import { renewFor } from './renew-for.js'

/** Sends a POST of a session that is ours, and gets it through the loss of that session. */
export async function sendMessage(seam: Seam, session: VirtualSession, call: Call): Promise<Response> {
  session.newestHeaders.remember(call.init.headers, call.url)
  if (mayBeNotification(call) && takesBackWaiting(seam, session, call)) return presentAccepted()
  const underWay = session.calls.add(call.message)
  try {
    return await exchange(seam, session, call, underWay)
  } finally {
    session.calls.delete(underWay)
  }
}

/**
 * A cancellation is looked at before anything is queued: it is the only trace of a deadline that some clients leave.
 * Returns true when the server need not hear of it, because it does not know the request, or lost its session.
 */
function takesBackWaiting({ renewals }: Seam, session: VirtualSession, call: Call): boolean {
  const message = call.message()
  if (message.kind !== 'notification' || !isCancellation(message)) return false
  const { requestId } = message.params
  const unsent = isId(requestId) && session.calls.cancel(requestId)
  return unsent || session.lost || renewals.underWay(session) !== undefined
}

/** One renewal and one replay after it; besides, one replay for a refusal that others have already dealt with. */
interface Budget {
  renewals: number
  lateReplays: number
}

async function exchange(seam: Seam, session: VirtualSession, call: Call, underWay: CallUnderWay): Promise<Response> {
  const budget: Budget = { renewals: 1, lateReplays: 1 }
  const startedAt = seam.clock.now()
  const failure = (cause: string): RecoveryFailure => ({
    step: 'replay',
    cause,
    durationMs: Math.round(seam.clock.now() - startedAt),
    attempts: 1,
  })
  let refused = false

  if (session.lost || seam.renewals.underWay(session)) {
    if (session.lost) budget.renewals--
    const instead = await renewFor(seam, session, call, underWay)
    if (instead) return instead
    if (afterRecovery(call.message()) === 'satisfied') return presentAccepted()
  } else if (session.epoch > 1 && mayBeNotification(call) && isInitialized(call.message())) {
    return presentAccepted()
  }

  for (;;) {
    call.signal?.throwIfAborted()
    if (underWay.cancelled) return presentAccepted()
    const { epoch, upstreamId } = session
    let answer: Response
    try {
      answer = await seam.next(call.target, onCurrentEpoch(call, session, refused))
    } catch (error) {
      if (!refused || call.signal?.aborted || requestIds(call.message()).length === 0) throw error
      return presentError(call.message(), outcomeUnknownError(failure(causeOf(error)), methodOf(call.message())))
    }
    const { response, lostBy } = await readRefusal(seam, call, answer, upstreamId !== undefined)
    if (lostBy === undefined) return present(response, session)

    const cannot = whyNotReplayable(call)
    if (cannot) {
      seam.emit({ type: 'not-recoverable', session: session.fingerprint, reason: cannot })
      return present(response, session)
    }
    discardBody(response)
    refused = true
    if (isCancellation(call.message())) return presentAccepted()

    if (session.epoch === epoch) {
      const { status } = response
      if (!seam.renewals.underWay(session)) {
        seam.emit({ type: 'session-lost', session: session.fingerprint, epoch, rule: lostBy, status })
      }
      if (budget.renewals-- === 0) {
        const cause = `it was answered with HTTP ${String(status)} on the new session too`
        return presentError(call.message(), recoveryFailedError(failure(cause)))
      }
      const instead = await renewFor(seam, session, call, underWay)
      if (instead) return instead
    } else if (budget.lateReplays-- === 0) {
      const cause = 'the session was lost again and again while it was under way'
      return presentError(call.message(), recoveryFailedError(failure(cause)))
    }
    if (afterRecovery(call.message()) === 'satisfied') return presentAccepted()
    const { fingerprint } = session
    seam.emit({
      type: 'request-replayed',
      session: fingerprint,
      epoch: session.epoch,
      method: methodOf(call.message()),
    })
  }
}

function whyNotReplayable(call: Call): 'signed-request' | 'streaming-body' | undefined {
  if (!call.isReplayable) return 'streaming-body'
  return isSigned(new Headers(call.init.headers)) ? 'signed-request' : undefined
}
