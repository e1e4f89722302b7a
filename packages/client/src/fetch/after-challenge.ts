import { discardBody } from '../base/body.js'
import type { CallUnderWay } from '../session/calls-under-way.js'
import type { VirtualSession } from '../session/virtual-session.js'
import { whyNotReplayable, type Call } from './call.js'
import type { Seam } from './engine.js'
import { heldBack } from './held-back.js'
import { present, presentAccepted } from './present.js'

/** How often one request may wait for another's sign-in: a server that refuses every token ends here. */
const maxSignIns = 2

/** A client that is going to sign in sends its first request within this time. */
const maxHesitationMs = 1_000

/**
 * What becomes of a request that was refused with a challenge:
 * - `handed-out`: it gets the challenge, and its client signs in;
 * - `signed-in`: there is a newer `Authorization`, or a newer session, to send it again with;
 * - `not-signed-in`: the client that was to sign in did not, within its time, or this request can't make it do so;
 * - `taken-back`: the client does not want it any more.
 */
export type AfterChallenge = 'handed-out' | 'signed-in' | 'not-signed-in' | 'taken-back'

/** Which `Authorization` was refused, and how sure it is that somebody signs in. */
export interface Challenge {
  /** The count of `NewestHeaders.authorizationChanges` that was refused. */
  readonly change: number
  /** Whether to wait even if the client is not seen signing in. */
  readonly isPatient: boolean
}

/** Hands a challenge to one request, and lets those beside it wait. Rejects when the caller gives up. */
export async function afterChallenge(
  { clock, authorizationTimeoutMs, signInTraffic }: Seam,
  session: VirtualSession,
  call: Call,
  underWay: CallUnderWay,
  { change, isPatient }: Challenge,
): Promise<AfterChallenge> {
  // Nobody would sign in for it, and those beside it would wait for that.
  if (underWay.cancelled) return 'taken-back'
  const { newestHeaders, signIn, epoch } = session
  const isOver = () => newestHeaders.authorizationChanges !== change || session.epoch !== epoch
  const mayGoOn = underWay.signIns++ < maxSignIns
  if (isOver()) return mayGoOn ? 'signed-in' : 'not-signed-in'
  if (!signIn.concerns(underWay, change, signInTraffic.isUnderWay)) {
    // The challenge is left to the next one that is refused, or that one would wait for a sign-in that nobody begins.
    if (underWay.hasBegun) return 'not-signed-in'
    signIn.begin(change, session.calls, clock.now())
    return 'handed-out'
  }
  if (!mayGoOn) return 'not-signed-in'
  const wait = (ms: number) => heldBack(newestHeaders.authorizationChanged(change, clock, ms), call.signal, underWay)
  const hesitationMs = isPatient ? 0 : Math.min(maxHesitationMs, authorizationTimeoutMs)
  if (!isPatient) {
    if ((await wait(hesitationMs)) === undefined) return 'taken-back'
    if (isOver()) return 'signed-in'
    if (!signInTraffic.hasBeenSince(signIn.begunAt)) return 'not-signed-in'
  }
  if ((await wait(authorizationTimeoutMs - hesitationMs)) === undefined) return 'taken-back'
  return isOver() ? 'signed-in' : 'not-signed-in'
}

/**
 * The answer to a request that was refused at the door with 401. It was not run: `undefined` when it may be sent again
 * with the token that another request has brought meanwhile.
 */
export async function answerUnlessSignedIn(
  seam: Seam,
  session: VirtualSession,
  call: Call,
  underWay: CallUnderWay,
  { response, change }: { readonly response: Response; readonly change: number },
): Promise<Response | undefined> {
  if (whyNotReplayable(call)) return present(response, session)
  // Not every client can sign in: one with a fixed token gets its refusals as soon as it shows that it does not.
  const next = await afterChallenge(seam, session, call, underWay, { change, isPatient: false })
  if (next === 'handed-out' || next === 'not-signed-in') return present(response, session)
  discardBody(response)
  return next === 'signed-in' ? undefined : presentAccepted()
}
