import { discardBody } from '../base/body.js'
import type { NotRecoverableEvent } from '../base/events.js'
import { redact } from '../base/redact.js'
import {
  headerLostError,
  notReplayedError,
  outcomeUnknownError,
  recoveryFailedError,
  serverUnavailableError,
  type Failure,
} from '../recovery/failure.js'
import { neverLasting } from '../recovery/never-lasting.js'
import { secretsOf } from '../session/secrets.js'
import type { VirtualSession } from '../session/virtual-session.js'
import { methodOf, requestIds, subjectOf } from '../wire/json-rpc.js'
import type { Call } from './call.js'
import type { Seam } from './engine.js'
import { readOwnAnswer, wordsOf } from './own-answer.js'
import { present, presentError } from './present.js'

/** What is said of one call when it can't be answered: to its caller, and to whoever listens. */
export class CallReport {
  readonly #seam: Seam
  readonly #session: VirtualSession
  readonly #call: Call
  readonly #startedAt: number
  /** How often it was sent. */
  tries = 0

  constructor(seam: Seam, session: VirtualSession, call: Call) {
    this.#seam = seam
    this.#session = session
    this.#call = call
    this.#startedAt = seam.clock.now()
  }

  failure(cause: string): Failure {
    const durationMs = Math.round(this.#seam.clock.now() - this.#startedAt)
    this.#session.health.lastError = cause
    return { cause, durationMs, attempts: this.tries }
  }

  tellNotRecoverable(reason: NotRecoverableEvent['reason']): void {
    this.#seam.emit({ type: 'not-recoverable', session: this.#session.fingerprint, reason })
  }

  /** The session could not be had back for it. */
  failed(cause: string): Response {
    const reason = neverLasting(this.#session.health.unproven)
    return presentError(this.#call.message(), recoveryFailedError({ step: 'replay', reason, ...this.failure(cause) }))
  }

  /** There is a new session, but the options forbid to use it for this. */
  notReplayed(): Response {
    const message = this.#call.message()
    const cause = `the option replay: '${this.#seam.replay}' forbids it`
    return presentError(message, notReplayedError(subjectOf(message), this.failure(cause)))
  }

  /** It was sent, nothing proves that it was not run, and it is not safe to repeat. */
  outcomeUnknown(cause: string): Response {
    const message = this.#call.message()
    const { fingerprint, epoch } = this.#session
    const method = methodOf(message)
    this.#seam.emit({ type: 'outcome-unknown', session: fingerprint, epoch, method, reason: cause })
    return presentError(message, outcomeUnknownError(subjectOf(message), this.failure(cause)))
  }

  /** Nobody was there for as long as the outage budget has room. */
  unavailable(cause: string, mayHaveRun: boolean): Response {
    const message = this.#call.message()
    return presentError(message, serverUnavailableError(subjectOf(message), this.failure(cause), mayHaveRun))
  }

  /** The same answer; an error status becomes an error: the client has its answer's head already. */
  async insteadOf(answer: Response): Promise<Response> {
    if (answer.ok) return answer
    const { response, error } = await readOwnAnswer(this.#seam, this.#call, answer)
    discardBody(response)
    if (error) return presentError(this.#call.message(), error)
    return this.unavailable(`HTTP ${String(response.status)}`, true)
  }

  /** The new session refuses it as well. What looked like a loss may have been the server's answer all the time. */
  async refusedAgain(refusal: Response): Promise<Response> {
    // A 401 is the client's own affair, whatever else it may mean.
    if (refusal.status === 401) return present(refusal, this.#session)
    const { response, error } = await readOwnAnswer(this.#seam, this.#call, refusal)
    discardBody(response)
    if (error) {
      this.#seam.renewals.answered(this.#session, this.#session.epoch)
      return presentError(this.#call.message(), error)
    }
    return this.failed(`it was answered with HTTP ${String(response.status)} on the new session too`)
  }

  /** Something between us and the server takes the session id away: another session would be lost in the same way. */
  async headerLost(refusal: Response): Promise<Response> {
    const message = this.#call.message()
    this.tellNotRecoverable('header-lost')
    if (requestIds(message).length === 0) return present(refusal, this.#session)
    const said = redact(await wordsOf(this.#seam, refusal), secretsOf(this.#session))
    return presentError(message, headerLostError(this.failure(`HTTP ${String(refusal.status)} (${said})`)))
  }
}
