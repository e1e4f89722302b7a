import { abortable } from '../base/abort.js'
import { recoveryFailedError, type RecoveryFailure } from '../recovery/failure.js'
import type { Outage } from '../recovery/handshake.js'
import type { CallUnderWay } from '../session/calls-under-way.js'
import type { VirtualSession } from '../session/virtual-session.js'
import { settingsOf, type Call } from './call.js'
import type { Seam } from './engine.js'
import { present, presentAccepted, presentError } from './present.js'

/** How often one request may wait for another sign-in: a server that refuses every token ends here. */
const maxSignIns = 2

/** What a request may do after it has waited for a renewal. */
export type AfterWaiting =
  | { readonly kind: 'renewed' }
  /** It gets this answer and is not sent. */
  | { readonly kind: 'answered'; readonly answer: Response }
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
  for (let signIns = 0; ; signIns++) {
    const renewal = seam.renewals.renew(session, { url: call.url, send: seam.next, init: settingsOf(call) })
    const outcome = await heldBack(renewal, call, underWay)
    if (outcome === undefined) return answered(presentAccepted())
    if (outcome.kind === 'renewed') return outcome
    const failed = answered(presentError(call.message(), recoveryFailedError(outcome.failure)))
    if (outcome.kind === 'failed') {
      const { outage, failure } = outcome
      return outage ? { kind: 'away', outage, failure, answer: failed.answer } : failed
    }

    const challenge = outcome.claim()
    if (challenge) return answered(present(challenge, session))
    // Another request of this session has been given the challenge. Its client signs in and comes again with a token.
    if (signIns === maxSignIns) return failed
    const { newestHeaders } = session
    const change = newestHeaders.authorizationChanged(
      outcome.authorizationChanges,
      seam.clock,
      seam.authorizationTimeoutMs,
    )
    if ((await heldBack(change, call, underWay)) === undefined) return answered(presentAccepted())
    if (session.epoch !== epoch) return { kind: 'renewed' }
    if (newestHeaders.authorizationChanges === outcome.authorizationChanges) return failed
  }
}

/** Waits as long as the caller does. Resolves with `undefined` when the client takes its request back meanwhile. */
export function heldBack<T extends object | true>(
  promise: Promise<T>,
  { signal }: Call,
  underWay: CallUnderWay,
): Promise<T | undefined> {
  const cancelled = new Promise<undefined>((resolve) => {
    underWay.onCancelled = () => {
      resolve(undefined)
    }
  })
  underWay.waiting = true
  return abortable(Promise.race([promise, cancelled]), signal).finally(() => {
    underWay.waiting = false
    delete underWay.onCancelled
  })
}
