import { discardBody } from '../base/body.js'
import { causeOf, outcomeUnknownError, recoveryFailedError, type RecoveryFailure } from '../recovery/failure.js'
import { afterRecovery, isCancellation, isInitialized } from '../recovery/replay-decision.js'
import type { CallUnderWay } from '../session/calls-under-way.js'
import type { VirtualSession } from '../session/virtual-session.js'
import { methodOf, requestIds } from '../wire/json-rpc.js'
import { mayBeNotification, onCurrentEpoch, whyNotReplayable, type Call } from './call.js'
import type { Seam } from './engine.js'
import { present, presentAccepted, presentError } from './present.js'
import { readRefusal } from './read-refusal.js'
import { renewFor } from './renew-for.js'

/**
 * One POST of a session, from the moment it may be sent until it has an answer: at most one renewal on its own account
 * and one replay after it; besides, one replay for a refusal that others have dealt with already.
 */
export class MessageExchange {
  readonly #seam: Seam
  readonly #session: VirtualSession
  readonly #call: Call
  readonly #underWay: CallUnderWay
  readonly #startedAt: number
  #renewalsLeft = 1
  #lateReplaysLeft = 1
  /** The server refused it once: what it says from now on is about a replay. */
  #wasRefused = false
  /** It was held back, so that its headers may have aged. */
  #waited = false

  constructor(seam: Seam, session: VirtualSession, call: Call, underWay: CallUnderWay) {
    this.#seam = seam
    this.#session = session
    this.#call = call
    this.#underWay = underWay
    this.#startedAt = seam.clock.now()
  }

  async run(): Promise<Response> {
    let answer = await this.#beforeFirstSending()
    while (!answer) {
      this.#call.signal?.throwIfAborted()
      answer = this.#underWay.cancelled ? presentAccepted() : await this.#send()
    }
    return answer
  }

  /** Nothing is sent under an id that is known to be dead. */
  async #beforeFirstSending(): Promise<Response | undefined> {
    const { renewals } = this.#seam
    const { lost, epoch } = this.#session
    if (lost || renewals.underWay(this.#session)) {
      if (lost) this.#renewalsLeft--
      return this.#renew()
    }
    // A later epoch had its `initialized` in the handshake.
    const isLate = epoch > 1 && mayBeNotification(this.#call) && isInitialized(this.#call.message())
    return isLate ? presentAccepted() : undefined
  }

  /** Sends it once. `undefined` when it has to be sent again. */
  async #send(): Promise<Response | undefined> {
    const { epoch, upstreamId } = this.#session
    const init = onCurrentEpoch(this.#call, this.#session, this.#waited)
    let answer: Response
    try {
      answer = await this.#seam.next(this.#call.target, init)
    } catch (error) {
      return this.#brokenOff(error)
    }
    const { response, lostBy } = await readRefusal(this.#seam, this.#call, answer, upstreamId !== undefined)
    return lostBy === undefined ? present(response, this.#session) : this.#refused(response, lostBy, epoch)
  }

  /** The session is lost, and the server has not run the message. */
  async #refused(response: Response, rule: string, epoch: number): Promise<Response | undefined> {
    const { emit, renewals } = this.#seam
    const { fingerprint } = this.#session
    const obstacle = whyNotReplayable(this.#call)
    if (obstacle) {
      emit({ type: 'not-recoverable', session: fingerprint, reason: obstacle })
      return present(response, this.#session)
    }
    discardBody(response)
    this.#wasRefused = true
    if (isCancellation(this.#call.message())) return presentAccepted()

    const { status } = response
    if (this.#session.epoch !== epoch) {
      if (this.#lateReplaysLeft-- === 0) return this.#failed('the session was lost again and again while it was sent')
      return this.#afterRenewal()
    }
    if (!renewals.underWay(this.#session)) emit({ type: 'session-lost', session: fingerprint, epoch, rule, status })
    if (this.#renewalsLeft-- === 0) {
      return this.#failed(`it was answered with HTTP ${String(status)} on the new session too`)
    }
    return this.#renew()
  }

  async #renew(): Promise<Response | undefined> {
    this.#waited = true
    const instead = await renewFor(this.#seam, this.#session, this.#call, this.#underWay)
    return instead ?? this.#afterRenewal()
  }

  #afterRenewal(): Response | undefined {
    this.#waited = true
    const message = this.#call.message()
    if (afterRecovery(message) === 'satisfied') return presentAccepted()
    const { fingerprint, epoch } = this.#session
    if (this.#wasRefused) {
      this.#seam.emit({ type: 'request-replayed', session: fingerprint, epoch, method: methodOf(message) })
    }
    return undefined
  }

  #brokenOff(error: unknown): Response {
    const message = this.#call.message()
    // The first sending fails as it would without us, and so does what nobody waits to be answered.
    if (!this.#wasRefused || this.#call.signal?.aborted || requestIds(message).length === 0) throw error
    return presentError(message, outcomeUnknownError(this.#failure(causeOf(error)), methodOf(message)))
  }

  #failed(cause: string): Response {
    return presentError(this.#call.message(), recoveryFailedError(this.#failure(cause)))
  }

  #failure(cause: string): RecoveryFailure {
    const durationMs = Math.round(this.#seam.clock.now() - this.#startedAt)
    return { step: 'replay', cause, durationMs, attempts: 1 }
  }
}
