import { discardBody } from '../base/body.js'
import { secretsOf } from '../session/secrets.js'
import { causeOf } from '../recovery/failure.js'
import { progressBehind, unavailabilityOf } from '../recovery/outage.js'
import {
  isCancellation,
  isInitialized,
  isSatisfiedByRecovery,
  maySendAgain,
  requestLossOf,
  type Progress,
  type RequestLoss,
} from '../recovery/replay-decision.js'
import { isSafeToRepeat } from '../recovery/safe-to-repeat.js'
import type { CallUnderWay } from '../session/calls-under-way.js'
import { tellLoss } from '../session/tell-loss.js'
import type { VirtualSession } from '../session/virtual-session.js'
import { isNotDispatched } from '../wire/headers.js'
import { methodOf, requestIds } from '../wire/json-rpc.js'
import { isLasting, progressOf } from '../wire/request-progress.js'
import { retryAfterMs } from '../wire/retry-after.js'
import { answerUnlessSignedIn } from './after-challenge.js'
import { onCurrentEpoch, whyNotReplayable, withSignal, type Call } from './call.js'
import { CallLessons } from './call-lessons.js'
import { CallReport } from './call-report.js'
import type { Seam } from './engine.js'
import { OutageWait, type Trouble } from './outage-wait.js'
import { present, presentAccepted } from './present.js'
import { readOwnAnswer } from './own-answer.js'
import { readRefusal, type Reading } from './read-refusal.js'
import { renewFor } from './renew-for.js'
import { isLostSilently, persistentServerError } from './suspect-session.js'
import { mentions } from './request-body.js'

/** How often one request may break off: a call that its server always dies of ends here. */
const maxRepeats = 5

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
  readonly #underWay: CallUnderWay
  readonly #outage: OutageWait
  readonly #report: CallReport
  readonly lessons: CallLessons
  #call: Call
  readonly #firstEpoch: number
  #renewalsLeft = 1
  #lateReplaysLeft = 1
  /** It was held back, so that its headers may have aged. */
  #waited = false
  /** It was sent once and broke off. */
  #mayHaveRun = false
  #hasLastingEffects = false
  #repeatsLeft = maxRepeats
  #hadItsChance = false
  /** The epoch of the session that the answer came from. */
  answerEpoch: number

  constructor(seam: Seam, session: VirtualSession, call: Call, underWay: CallUnderWay) {
    this.#seam = seam
    this.#session = session
    this.#call = call
    this.#underWay = underWay
    this.#outage = new OutageWait(seam, session, call, underWay)
    this.#report = new CallReport(seam, session, call)
    this.lessons = new CallLessons(seam, session, call, underWay.order)
    this.#firstEpoch = session.epoch
    this.answerEpoch = session.epoch
  }

  async run(): Promise<Response> {
    let answer = this.#isSaidAlready() ? presentAccepted() : undefined
    while (!answer) {
      this.#call.signal?.throwIfAborted()
      if (this.#isDone()) answer = presentAccepted()
      // Whether it comes while the session is renewed or comes back then, it waits: under an id that is counted, it could
      // meet the new session before that knows what it has to.
      else if (this.#seam.renewals.underWay(this.#session)) answer = await this.#renew()
      else answer = this.#session.lost ? await this.#renewLost() : await this.#send()
    }
    return answer
  }

  /** It has had effects that it must not have twice. */
  forbidRepeating(): void {
    this.#hasLastingEffects = true
  }

  /**
   * The answer that `run` brought broke off, so that the outcome is unknown. Sends the message again if that is safe, and
   * says so if not.
   * @param since when the answer broke off
   * @param mayRepeat false when it has had effects that it must not have twice
   */
  async runAgain(cause: string, since: number, mayRepeat: boolean, signal: AbortSignal | undefined): Promise<Response> {
    if (signal) this.#call = withSignal(this.#call, signal)
    this.#underWay.hasBegun = true
    this.#hasLastingEffects ||= !mayRepeat || this.#repeatsLeft-- === 0
    this.#outage.startAt(since)
    const ending = await this.#inTrouble('unknown', { cause })
    if (ending === asItIs) return this.#report.outcomeUnknown(cause)
    return this.#report.insteadOf(ending ?? (await this.run()))
  }

  /** Taken back by the client, or said by the recovery in the meantime. */
  #isDone(): boolean {
    const isLater = this.#session.epoch !== this.#firstEpoch
    return this.#underWay.cancelled || (isLater && isSatisfiedByRecovery(this.#call.message()))
  }

  /** A later epoch had its `initialized` in the handshake. */
  #isSaidAlready(): boolean {
    const { init, message } = this.#call
    return this.#session.epoch > 1 && mentions(init.body, 'notifications') && isInitialized(message())
  }

  /** The server has given this session's id to somebody else: nothing must be sent under it. */
  async #renewLost(): Promise<Response | undefined> {
    if (this.#renewalsLeft === 0) return this.#report.failed('the server gave the new session’s id to somebody else')
    this.#renewalsLeft--
    return this.#renew()
  }

  /** Sends it once. `undefined` when it has to be sent again. */
  async #send(): Promise<Response | undefined> {
    const session = this.#session
    const { epoch } = session
    const withSession = session.upstreamId !== undefined
    const { authorizationChanges } = session.newestHeaders
    const init = onCurrentEpoch(this.#call, session, this.#waited)
    this.#report.tries++
    this.answerEpoch = epoch
    let answer: Response
    try {
      answer = await this.#seam.next(this.#call.target, init)
    } catch (error) {
      return this.#failedToSend(error)
    }
    const reading = readRefusal(this.#seam, this.#call, answer, withSession, session.answeredMethods)
    return this.#judged(reading instanceof Promise ? await reading : reading, epoch, authorizationChanges)
  }

  #judged({ response, verdict, isError }: Reading, epoch: number, authorizationChanges: number) {
    switch (verdict.conclusion) {
      case 'lost':
        if (this.#session.closing) return present(response, this.#session)
        return this.#refused(response, requestLossOf(verdict, isNotDispatched(response.headers)), epoch)
      case 'header-lost':
        return this.#report.headerLost(response)
      case 'version-withdrawn':
        this.#report.tellNotRecoverable('version-withdrawn')
        return present(response, this.#session)
      case 'not-lost':
        if (response.status === 401) return this.#challenged(response, authorizationChanges)
        return response.status === 500 || unavailabilityOf(response.status) !== undefined
          ? this.#unavailable(response, epoch)
          : this.#answered(response, isError, epoch)
    }
  }

  #answered(response: Response, isError: boolean, epoch: number): Response {
    if (response.ok) this.#seam.renewals.answered(this.#session, epoch)
    const { body } = this.#call.init
    if (!isError && typeof body === 'string') this.#session.answeredMethods.note(body)
    return present(this.lessons.fromAnswer(response, epoch), this.#session)
  }

  #challenged(response: Response, sentWith: number): Promise<Response | undefined> {
    this.#waited = true
    return answerUnlessSignedIn(this.#seam, this.#session, this.#call, this.#underWay, { response, change: sentWith })
  }

  async #failedToSend(error: unknown): Promise<Response | undefined> {
    if (this.#call.signal?.aborted || isLasting(error)) throw error
    const ending = await this.#inTrouble(progressOf(error), { cause: causeOf(error, secretsOf(this.#session)) })
    if (ending === asItIs) throw error
    return ending
  }

  /** The server, or a proxy before it, says that it can't answer now. */
  async #unavailable(unavailable: Response, epoch: number): Promise<Response | undefined> {
    const { status, headers } = unavailable
    const { response, error } = await readOwnAnswer(this.#seam, this.#call, unavailable)
    if (error) return present(response, this.#session)
    const unavailability = unavailabilityOf(status)
    const progress = progressBehind(unavailability, isNotDispatched(headers))
    const isLost = () => isLostSilently(this.#seam, this.#session, this.#call, response, this.#outage.leftMs())
    if (this.#renewalsLeft > 0 && (await isLost())) {
      const loss = { rule: persistentServerError, progress: this.#mayHaveRun ? 'unknown' : progress } as const
      return this.#refused(response, loss, epoch)
    }
    if (unavailability === undefined) return this.#answered(response, true, epoch)
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
    return this.#report.outcomeUnknown(trouble.cause)
  }

  /** Waits until it is time for the next try. Returns the answer when the budget has no room for it. */
  async #waitOut(trouble: Trouble): Promise<Response | undefined | typeof asItIs> {
    this.#waited = true
    switch (await this.#outage.untilNextTry(trouble, this.#report.tries)) {
      case 'again':
        return undefined
      case 'taken-back':
        return presentAccepted()
      case 'exhausted':
        if (requestIds(this.#call.message()).length === 0) return asItIs
        return this.#report.unavailable(trouble.cause, this.#mayHaveRun)
    }
  }

  /** The session is lost. */
  async #refused(response: Response, loss: RequestLoss, epoch: number): Promise<Response | undefined> {
    const { emit, renewals } = this.#seam
    const obstacle = whyNotReplayable(this.#call)
    if (obstacle) {
      this.#report.tellNotRecoverable(obstacle)
      return present(response, this.#session)
    }
    if (this.#underWay.cancelled || isCancellation(this.#call.message())) {
      discardBody(response)
      return presentAccepted()
    }
    if (this.#session.epoch !== epoch) {
      discardBody(response)
      if (this.#lateReplaysLeft-- === 0)
        return this.#report.failed('the session was lost again and again while it was sent')
      return this.#afterRenewal(loss)
    }
    if (!renewals.underWay(this.#session)) tellLoss(emit, this.#session, loss.rule, response.status)
    if (this.#renewalsLeft === 0) return this.#report.refusedAgain(response)
    discardBody(response)
    this.#renewalsLeft--
    return (await this.#renew(loss)) ?? this.#afterRenewal(loss)
  }

  async #renew(loss?: RequestLoss): Promise<Response | undefined> {
    this.#waited = true
    const waited = await renewFor(this.#seam, this.#session, this.#call, this.#underWay)
    if (waited.kind === 'renewed' || (waited.kind === 'failed' && !loss && this.#isOnlyChance())) return undefined
    if (waited.kind === 'answered' || waited.kind === 'failed') return waited.answer
    const { outage, failure, answer } = waited
    if (loss && !this.#maySendAgain(loss.progress)) {
      return loss.progress === 'unknown' ? this.#report.outcomeUnknown(loss.rule) : answer
    }
    // Only a renewal that was accepted counts. The old session may be alive: it is asked again.
    this.#renewalsLeft = 1
    const ending = await this.#waitOut({ cause: failure.cause, retryAfterMs: outage.retryAfterMs })
    return ending === asItIs ? answer : ending
  }

  /** Nobody sends a response or a notification a second time, and the session that it is for may be alive after all. */
  #isOnlyChance(): boolean {
    if (this.#hadItsChance || requestIds(this.#call.message()).length > 0) return false
    this.#hadItsChance = true
    return !this.#session.lost
  }

  /** It was refused, and there is a new session. */
  #afterRenewal({ rule, progress }: RequestLoss): Response | undefined {
    this.#waited = true
    if (this.#isDone()) return presentAccepted()
    const { fingerprint, epoch, closing } = this.#session
    if (epoch === this.#firstEpoch) return undefined
    if (closing) return this.#report.failed('the client has ended the session')
    if (!this.#maySendAgain(progress)) {
      return progress === 'unknown' ? this.#report.outcomeUnknown(rule) : this.#report.notReplayed()
    }
    this.#seam.emit({ type: 'request-replayed', session: fingerprint, epoch, method: methodOf(this.#call.message()) })
    return undefined
  }

  #maySendAgain(progress: Progress): boolean {
    const isSafe = !this.#hasLastingEffects && isSafeToRepeat(this.#call.message(), this.#session.toolHints.isSafe)
    return maySendAgain(progress, this.#seam.replay, isSafe)
  }
}
