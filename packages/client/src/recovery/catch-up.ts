import { deadline } from '../base/abort.js'
import { pause, type Clock } from '../base/clock.js'
import { discardBody } from '../base/body.js'
import type { EventListener } from '../base/events.js'
import { ownHeadersOnSession } from '../session/own-request.js'
import { secretsOf } from '../session/secrets.js'
import type { StandingRequest } from '../session/standing-requests.js'
import type { VirtualSession } from '../session/virtual-session.js'
import { ask, type Reply } from './ask.js'
import { backOffMs } from './back-off.js'
import type { Sender } from './handshake-requests.js'
import { restoreFailed } from './restore.js'

/** With back-off about half a minute on the average: as long as a slow restart takes. */
const maxTries = 24
const maxWaitMs = 10_000
/** A client signs in when it has something to ask. */
const maxSignIns = 10
const maxSignInMs = 600_000

export interface BackgroundSettings {
  readonly clock: Clock
  readonly emit: EventListener
  /** A number from 0 to 1. */
  readonly random: () => number
  /** Makes a JSON-RPC id that can't collide with a client's. */
  readonly newRequestId: () => string
}

/**
 * Tells the current upstream session what it may have missed: a standing request that an earlier one accepted, when its
 * answer came only after the recovery; or one whose place an older request has taken, because that was replayed. One
 * after the other for each session, in the background.
 */
export class CatchUp {
  readonly #settings: BackgroundSettings
  readonly #queues = new WeakMap<VirtualSession, Promise<void>>()

  constructor(settings: BackgroundSettings) {
    this.#settings = settings
  }

  /** @param requests what counts for the client */
  add(session: VirtualSession, sender: Sender, requests: readonly StandingRequest[]): void {
    const { epoch } = session
    for (const request of requests) {
      const before = this.#queues.get(session) ?? Promise.resolve()
      this.#queues.set(
        session,
        before.then(() => this.#tell(session, sender, request, epoch)),
      )
    }
  }

  async #tell(session: VirtualSession, sender: Sender, missed: StandingRequest, epoch: number): Promise<void> {
    const { clock, emit, random } = this.#settings
    const { newestHeaders, standingRequests, calls } = session
    let request = missed
    for (let tries = 1, signIns = 0; ; tries++) {
      // A later recovery has restored it; a later request of the client's own says something else.
      if (session.closing || session.ended || session.epoch !== epoch || !standingRequests.isCurrent(request)) return
      const { authorizationChanges } = newestHeaders
      const reply = await this.#say(session, sender, request)
      const next = mayHaveRun(reply) ? standingRequests.saidAgain(request, calls.nextOrder()) : undefined
      if (next && session.epoch === epoch) {
        request = next
        continue
      }
      if (reply.kind === 'result' || reply.kind === 'gone') return
      if (reply.kind === 'challenged') {
        discardBody(reply.response)
        if (signIns++ < maxSignIns) {
          tries--
          await newestHeaders.authorizationChanged(authorizationChanges, clock, maxSignInMs, false)
          continue
        }
      }
      if (reply.kind === 'refused') standingRequests.drop(request)
      if (reply.kind === 'refused' || tries === maxTries) {
        emit(restoreFailed(session, epoch, request, reply.cause))
        return
      }
      await pause(clock, backOffMs(tries, random()), false).over
    }
  }

  #say(session: VirtualSession, sender: Sender, { method, params }: StandingRequest): Promise<Reply> {
    const { clock, newRequestId } = this.#settings
    const timeout = deadline(clock, maxWaitMs, method)
    const { signal } = timeout
    const headers = ownHeadersOnSession(session, sender.url)
    const question = { sender, headers, requestId: newRequestId(), method, params, secrets: secretsOf(session), signal }
    return ask(question).finally(timeout.cancel)
  }
}

function mayHaveRun(reply: Reply): boolean {
  return reply.kind === 'result' || reply.kind === 'unclear' || (reply.kind === 'away' && reply.mayHaveRun)
}
