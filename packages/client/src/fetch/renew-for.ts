import { recoveryFailedError, type RecoveryFailure } from '../recovery/failure.js'
import type { Outage } from '../recovery/handshake.js'
import type { CallUnderWay } from '../session/calls-under-way.js'
import type { VirtualSession } from '../session/virtual-session.js'
import { afterChallenge } from './after-challenge.js'
import { settingsOf, type Call } from './call.js'
import type { Seam } from './engine.js'
import { heldBack } from './held-back.js'
import { present, presentAccepted, presentError } from './present.js'

/** What a request may do after it has waited for a renewal. */
export type AfterWaiting =
  | { readonly kind: 'renewed' }
  /** It gets this answer and is not sent. */
  | { readonly kind: 'answered'; readonly answer: Response }
  /** The session could not be renewed, which this answer says. */
  | { readonly kind: 'failed'; readonly answer: Response }
  /** Nobody was there to renew the session; it still is what it was. `answer` is for a request that can't wait. */
  | { readonly kind: 'away'; readonly outage: Outage; readonly failure: RecoveryFailure; readonly answer: Response }

/**
 * Waits until the session is renewed, starting the renewal if nobody has. Rejects when the caller gives up.
 */
export async function renewFor(
  seam: Seam,
  session: VirtualSession,
  call: Call,
  underWay: CallUnderWay,
): Promise<AfterWaiting> {
  const answered = (answer: Response) => ({ kind: 'answered', answer }) as const
  const { epoch } = session
  for (;;) {
    const renewal = seam.renewals.renew(session, { url: call.url, send: seam.next, init: settingsOf(call) })
    const outcome = await heldBack(renewal, call.signal, underWay)
    if (outcome === undefined) return answered(presentAccepted())
    if (outcome.kind === 'renewed') return outcome
    const answer = presentError(call.message(), recoveryFailedError(outcome.failure))
    const failed = { kind: 'failed', answer } as const
    if (outcome.kind === 'failed') {
      const { outage, failure } = outcome
      return outage ? { kind: 'away', outage, failure, answer } : failed
    }

    const challenge = { change: outcome.authorizationChanges, isPatient: true }
    const claimed = (response: Response | undefined) => (response ? answered(present(response, session)) : failed)
    switch (await afterChallenge(seam, session, call, underWay, challenge)) {
      case 'handed-out':
        return claimed(outcome.claim())
      case 'taken-back':
        return answered(presentAccepted())
      case 'not-signed-in':
        return failed
      case 'signed-in':
        if (session.epoch !== epoch) return { kind: 'renewed' }
    }
  }
}
