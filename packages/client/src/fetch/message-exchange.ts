import { discardBody } from '../base/body.js'
import type { NotRecoverableEvent } from '../base/events.js'
import { redact } from '../base/redact.js'
import type { Classification } from '../recovery/classify.js'
import { secretsOf } from '../session/secrets.js'
import {
  causeOf,
  headerLostError,
  notReplayedError,
  outcomeUnknownError,
  recoveryFailedError,
  serverUnavailableError,
  type Failure,
} from '../recovery/failure.js'
import { unavailabilityOf } from '../recovery/outage.js'
import {
  isCancellation,
  isInitialized,
  isSatisfiedByRecovery,
  maySendAgain,
  type Progress,
} from '../recovery/replay-decision.js'
import { isSafeToRepeat } from '../recovery/safe-to-repeat.js'
import type { CallUnderWay } from '../session/calls-under-way.js'
import type { VirtualSession } from '../session/virtual-session.js'
import { methodOf, requestIds, subjectOf } from '../wire/json-rpc.js'
import { isLasting, progressOf } from '../wire/request-progress.js'
import { retryAfterMs } from '../wire/retry-after.js'
import { mentions, onCurrentEpoch, whyNotReplayable, type Call } from './call.js'
import type { Seam } from './engine.js'
import { learnFrom } from './learn-from.js'
import { OutageWait, type Trouble } from './outage-wait.js'
import { present, presentAccepted, presentError } from './present.js'
import { readOwnAnswer, wordsOf } from './own-answer.js'
import { readRefusal } from './read-refusal.js'
import { renewFor } from './renew-for.js'

type Loss = Extract<Classification, { conclusion: 'lost' }>

/** The caller gets what it would get without us. */
const asItIs = Symbol('as it is')

/**
 * One POST of a session, from the moment it may be sent until it has an answer: at most one renewal on its own account
 * and one replay after it; besides, one replay for a refusal that others have dealt with already. While nobody is there
 * to take it, it waits within the outage budget.
 */
export class MessageExchange {
  readonly #seam: Seam
  readonly #session: VirtualSession
  readonly #call: Call
  readonly #underWay: CallUnderWay
  readonly #outage: OutageWait
  readonly #startedAt: number
  readonly #firstEpoch: number
  #renewalsLeft = 1
  #lateReplaysLeft = 1
  /** It was held back, so that its headers may have aged. */
  #waited = false
  /** It was sent once and broke off. */
  #mayHaveRun = false
  #tries = 0

  constructor(seam: Seam, session: VirtualSession, call: Call, underWay: CallUnderWay) {
    this.#seam = seam
    this.#session = session
    this.#call = call
    this.#underWay = underWay
    this.#outage = new OutageWait(seam, session, call, underWay)
    this.#startedAt = seam.clock.now()
    this.#firstEpoch = session.epoch
  }

  async run(): Promise<Response> {
    let answer = await this.#beforeFirstSending()
    while (!answer) {
      this.#call.signal?.throwIfAborted()
      if (this.#isDone()) answer = presentAccepted()
      else answer = this.#session.lost ? await this.#renewLost() : await this.#send()
    }
    return answer
  }

  /** Taken back by the client, or said by the recovery in the meantime. */
  #isDone(): boolean {
    const isLater = this.#session.epoch !== this.#firstEpoch
    return this.#underWay.cancelled || (isLater && isSatisfiedByRecovery(this.#call.message()))
  }

  /** Requests that come while the session is renewed wait for it. */
  async #beforeFirstSending(): Promise<Response | undefined> {
    if (this.#seam.renewals.underWay(this.#session)) return this.#renew()
    // A later epoch had its `initialized` in the handshake.
    const { init, message } = this.#call
    const isLate = this.#session.epoch > 1 && mentions(init.body, 'notifications') && isInitialized(message())
    return isLate ? presentAccepted() : undefined
  }

  /** The server has given this session's id to somebody else: nothing must be sent under it. */
  async #renewLost(): Promise<Response | undefined> {
    if (this.#renewalsLeft === 0) return this.#failed('the server gave the new session’s id to somebody else')
    this.#renewalsLeft--
    return this.#renew()
  }

  /** Sends it once. `undefined` when it has to be sent again. */
  async #send(): Promise<Response | undefined> {
    const { epoch, upstreamId } = this.#session
    const init = onCurrentEpoch(this.#call, this.#session, this.#waited)
    this.#tries++
    let answer: Response
    try {
      answer = await this.#seam.next(this.#call.target, init)
    } catch (error) {
      return this.#failedToSend(error)
    }
    const { response, verdict, isError } = await readRefusal(
      this.#seam,
      this.#call,
      answer,
      upstreamId !== undefined,
      (message) => this.#session.answeredMethods.has(methodOf(message)),
    )
    switch (verdict.conclusion) {
      case 'lost':
        return this.#session.closing ? present(response, this.#session) : this.#refused(response, verdict, epoch)
      case 'header-lost':
        return this.#headerLost(response)
      case 'version-withdrawn':
        this.#tellNotRecoverable('version-withdrawn')
        return present(response, this.#session)
      case 'not-lost':
        return unavailabilityOf(response.status) === undefined
          ? this.#answered(response, isError)
          : this.#unavailable(response)
    }
  }

  #answered(response: Response, isError: boolean): Response {
    const { body } = this.#call.init
    if (!isError && typeof body === 'string') this.#session.answeredMethods.note(body)
    return present(learnFrom(this.#call, response, this.#session), this.#session)
  }

  /** `fetch` threw. */
  async #failedToSend(error: unknown): Promise<Response | undefined> {
    if (this.#call.signal?.aborted || isLasting(error)) throw error
    const ending = await this.#inTrouble(progressOf(error), { cause: causeOf(error, secretsOf(this.#session)) })
    if (ending === asItIs) throw error
    return ending
  }

  /** The server, or a proxy before it, says that it can't answer now. */
  async #unavailable(unavailable: Response): Promise<Response | undefined> {
    const { status, headers } = unavailable
    const { response, error } = await readOwnAnswer(this.#seam, this.#call, unavailable)
    if (error) return present(response, this.#session)
    const progress = unavailabilityOf(status) === 'not-ready' ? 'not-started' : 'unknown'
    const trouble = { cause: `HTTP ${String(status)}`, retryAfterMs: retryAfterMs(headers) }
    const ending = await this.#inTrouble(progress, trouble)
    if (ending === asItIs) return present(response, this.#session)
    discardBody(response)
    return ending
  }

  async #inTrouble(progress: Progress, trouble: Trouble): Promise<Response | undefined | typeof asItIs> {
    if (whyNotReplayable(this.#call)) return asItIs
    if (progress === 'unknown') this.#mayHaveRun = true
    if (this.#maySendAgain(progress)) return this.#waitOut(trouble)
    const message = this.#call.message()
    // Nobody waits for the answer to a notification: it fails as it would without us.
    if (requestIds(message).length === 0) return asItIs
    return this.#outcomeUnknown(trouble.cause)
  }

  /** Waits until it is time for the next try. Returns the answer when the budget has no room for it. */
  async #waitOut(trouble: Trouble): Promise<Response | undefined | typeof asItIs> {
    this.#waited = true
    switch (await this.#outage.untilNextTry(trouble, this.#tries)) {
      case 'again':
        return undefined
      case 'taken-back':
        return presentAccepted()
      case 'exhausted': {
        const message = this.#call.message()
        if (requestIds(message).length === 0) return asItIs
        return presentError(
          message,
          serverUnavailableError(subjectOf(message), this.#failure(trouble.cause), this.#mayHaveRun),
        )
      }
    }
  }

  /** The session is lost. Unless the verdict says otherwise, the server has not run the message. */
  async #refused(response: Response, verdict: Loss, epoch: number): Promise<Response | undefined> {
    const { emit, renewals } = this.#seam
    const { status } = response
    const obstacle = whyNotReplayable(this.#call)
    if (obstacle) {
      this.#tellNotRecoverable(obstacle)
      return present(response, this.#session)
    }
    if (this.#underWay.cancelled || isCancellation(this.#call.message())) {
      discardBody(response)
      return presentAccepted()
    }
    if (this.#session.epoch !== epoch) {
      discardBody(response)
      if (this.#lateReplaysLeft-- === 0) return this.#failed('the session was lost again and again while it was sent')
      return this.#afterRenewal(verdict)
    }
    if (!renewals.underWay(this.#session)) {
      emit({ type: 'session-lost', session: this.#session.fingerprint, epoch, rule: verdict.rule, status })
    }
    if (this.#renewalsLeft === 0) return this.#refusedAgain(response)
    discardBody(response)
    this.#renewalsLeft--
    return (await this.#renew(verdict)) ?? this.#afterRenewal(verdict)
  }

  /** The new session refuses it as well. What looked like a loss may have been the server's answer all the time. */
  async #refusedAgain(refusal: Response): Promise<Response> {
    // A 401 is the client's own affair, whatever else it may mean.
    if (refusal.status === 401) return present(refusal, this.#session)
    const { response, error } = await readOwnAnswer(this.#seam, this.#call, refusal)
    discardBody(response)
    if (error) return presentError(this.#call.message(), error)
    return this.#failed(`it was answered with HTTP ${String(response.status)} on the new session too`)
  }

  /** Something between us and the server takes the session id away: another session would be lost in the same way. */
  async #headerLost(refusal: Response): Promise<Response> {
    const message = this.#call.message()
    this.#tellNotRecoverable('header-lost')
    if (requestIds(message).length === 0) return present(refusal, this.#session)
    const said = redact(await wordsOf(this.#seam, refusal), secretsOf(this.#session))
    return presentError(message, headerLostError(this.#failure(`HTTP ${String(refusal.status)} (${said})`)))
  }

  #tellNotRecoverable(reason: NotRecoverableEvent['reason']): void {
    this.#seam.emit({ type: 'not-recoverable', session: this.#session.fingerprint, reason })
  }

  async #renew(refused?: Loss): Promise<Response | undefined> {
    this.#waited = true
    const waited = await renewFor(this.#seam, this.#session, this.#call, this.#underWay)
    if (waited.kind === 'answered') return waited.answer
    if (waited.kind === 'renewed') return undefined
    const { outage, failure, answer } = waited
    if (refused?.replay === 'heal-only' && !this.#maySendAgain('unknown')) return this.#outcomeUnknown(refused.rule)
    if (refused && !this.#maySendAgain('refused')) return answer
    // Only a renewal that was accepted counts. The old session may be alive: it is asked again.
    this.#renewalsLeft = 1
    const ending = await this.#waitOut({ cause: failure.cause, retryAfterMs: outage.retryAfterMs })
    return ending === asItIs ? answer : ending
  }

  /** It was refused, and there is a new session. */
  #afterRenewal({ replay, rule }: Loss): Response | undefined {
    this.#waited = true
    if (this.#isDone()) return presentAccepted()
    const { fingerprint, epoch, closing } = this.#session
    if (epoch === this.#firstEpoch) return undefined
    if (closing) return this.#failed('the client has ended the session')
    const message = this.#call.message()
    const method = methodOf(message)
    if (replay === 'heal-only' && !this.#maySendAgain('unknown')) return this.#outcomeUnknown(rule)
    if (!this.#maySendAgain('refused')) {
      const cause = `the option replay: '${this.#seam.replay}' forbids it`
      return presentError(message, notReplayedError(subjectOf(message), this.#failure(cause)))
    }
    this.#seam.emit({ type: 'request-replayed', session: fingerprint, epoch, method })
    return undefined
  }

  /** It was sent, nothing proves that it was not run, and it is not safe to repeat. */
  #outcomeUnknown(cause: string): Response {
    const message = this.#call.message()
    const { fingerprint, epoch } = this.#session
    const method = methodOf(message)
    this.#seam.emit({ type: 'outcome-unknown', session: fingerprint, epoch, method, reason: cause })
    return presentError(message, outcomeUnknownError(subjectOf(message), this.#failure(cause)))
  }

  #maySendAgain(progress: Progress): boolean {
    const isSafe = isSafeToRepeat(this.#call.message(), this.#session.toolHints.isSafe)
    return maySendAgain(progress, this.#seam.replay, isSafe)
  }

  #failed(cause: string): Response {
    return presentError(this.#call.message(), recoveryFailedError({ step: 'replay', ...this.#failure(cause) }))
  }

  #failure(cause: string): Failure {
    const durationMs = Math.round(this.#seam.clock.now() - this.#startedAt)
    return { cause, durationMs, attempts: this.#tries }
  }
}
