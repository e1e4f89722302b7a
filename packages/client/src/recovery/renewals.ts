import { discardBody } from '../base/body.js'
import type { Clock } from '../base/clock.js'
import type { EventListener } from '../base/events.js'
import { ownHeaders } from '../session/own-request.js'
import { secretsOf } from '../session/secrets.js'
import type { SessionRegistry } from '../session/session-registry.js'
import { tellLoss } from '../session/tell-loss.js'
import { negotiatedVersion, offeredVersion } from '../session/transcript.js'
import type { VirtualSession } from '../session/virtual-session.js'
import { protocolVersionHeader } from '../wire/headers.js'
import { BackgroundQueue } from './background-queue.js'
import type { DialectOptions } from './dialects.js'
import type { RecoveryFailure } from './failure.js'
import { endSession, type Send } from './handshake-requests.js'
import { initialize, type AcceptedHandshake, type Outage } from './handshake.js'
import { neverLasting } from './never-lasting.js'
import { makeSession, type NewSessionInput } from './new-session.js'
import { RecoverySteps } from './recovery-steps.js'
import { ServerThrottles } from './server-throttles.js'
import type { RecoveryEnding, ThrottleSettings } from './throttle.js'

/** How a renewal ended, for everyone who waited for it. */
export type RenewalOutcome =
  | { readonly kind: 'renewed' }
  | {
      readonly kind: 'challenged'
      /** Hands the server's challenge to the first who asks: the client's sign-in shall run once, not once per call. */
      readonly claim: () => Response | undefined
      /** The count of {@link NewestHeaders.authorizationChanges} that was not good enough. */
      readonly authorizationChanges: number
      readonly failure: RecoveryFailure
    }
  | {
      readonly kind: 'failed'
      readonly failure: RecoveryFailure
      /** Set when nobody was there to answer: another time it may go well. */
      readonly outage: Outage | undefined
    }

/** The request on whose behalf a renewal starts: where to send, how, and with what settings. */
export interface RenewalCall {
  readonly url: URL
  readonly send: Send
  readonly init: RequestInit
}

export interface RenewalSettings {
  readonly registry: SessionRegistry
  readonly clock: Clock
  /** A number from 0 to 1. */
  readonly random: () => number
  readonly emit: EventListener
  readonly dialects: DialectOptions
  readonly recoveryTimeoutMs: number
  readonly throttling: ThrottleSettings
  /** Most renewals at once, for each server, that nobody waits for. */
  readonly maxBackgroundRecoveries: number
  /** Makes a JSON-RPC id that can't collide with a client's. */
  readonly newRequestId: () => string
}

export interface RenewOptions {
  /** Nobody waits for it: it may be put off, so that a thousand sessions don't come back in the same instant. */
  readonly background?: boolean
}

interface Flight {
  readonly outcome: Promise<RenewalOutcome>
  /** Starts it, if it has not. */
  readonly startNow: () => void
}

/** Renews sessions, at most one renewal at a time for each of them. */
export class Renewals {
  readonly #settings: RenewalSettings
  readonly #underWay = new Map<VirtualSession, Flight>()
  readonly #throttles: ServerThrottles
  readonly #background: BackgroundQueue

  constructor(settings: RenewalSettings) {
    const { clock, random, throttling, maxBackgroundRecoveries } = settings
    this.#settings = settings
    this.#throttles = new ServerThrottles(throttling, clock)
    this.#background = new BackgroundQueue(clock, random, maxBackgroundRecoveries)
  }

  /** The renewal that is under way for this session, or put off, if there is one. */
  underWay(session: VirtualSession): Promise<RenewalOutcome> | undefined {
    return this.#underWay.get(session)?.outcome
  }

  /**
   * Joins the renewal that is under way or starts one. It runs under its own deadline and not under any caller's
   * signal: others wait for it too, and a session that the server has minted must not be left behind.
   */
  renew(
    session: VirtualSession,
    call: RenewalCall,
    { background = false }: RenewOptions = {},
  ): Promise<RenewalOutcome> {
    const flight = this.#underWay.get(session)
    if (!flight) return this.#take(session, call, background)
    if (!background) flight.startNow()
    return flight.outcome
  }

  /**
   * Asks whether the server makes new sessions now, beside this session, which stays what it is. What is made is ended
   * at once.
   */
  async probe(session: VirtualSession, call: RenewalCall): Promise<boolean> {
    const steps = new RecoverySteps(this.#settings.clock, this.#settings.recoveryTimeoutMs, () => undefined)
    const input = this.#inputFor(session, call, steps)
    const result = await steps.run('initialize', (signal) => initialize(input, signal))
    if (result.kind === 'challenged') discardBody(result.response)
    if (result.kind !== 'accepted') return false
    void endSession(input, result.sessionId, result.protocolVersion)
    return true
  }

  /** Somebody waits for the renewal of this session, if there is one: it is not put off any longer. */
  hasten(session: VirtualSession): void {
    this.#underWay.get(session)?.startNow()
  }

  /**
   * A request of this session was answered: its upstream session works.
   * @param epoch the one that it was sent under
   */
  answered(session: VirtualSession, epoch: number): void {
    if (session.epoch !== epoch) return
    if (session.health.succeeded()) this.#throttles.told(serverOf(session.endpoint), 'proven')
  }

  #take(session: VirtualSession, call: RenewalCall, background: boolean): Promise<RenewalOutcome> {
    let settle: (outcome: Promise<RenewalOutcome>) => void = () => undefined
    const outcome = new Promise<RenewalOutcome>((resolve) => (settle = resolve))
    const run = () => {
      const running = this.#run(session, call).finally(() => this.#underWay.delete(session))
      settle(running)
      return running.catch(() => undefined)
    }
    const startNow = background ? this.#background.add(serverOf(session.endpoint), run) : () => undefined
    this.#underWay.set(session, { outcome, startNow })
    if (!background) void run()
    return outcome
  }

  async #run(session: VirtualSession, call: RenewalCall): Promise<RenewalOutcome> {
    const { health, endpoint, fingerprint, epoch } = session
    if (session.closing) return notStarted('the client has ended the session')
    const server = serverOf(endpoint)
    // A session whose id was given to somebody else did not die: its server is well.
    if (health.diedYoung() && !session.lost) this.#throttles.told(server, 'died-young')
    const admission = this.#throttles.admit(server)
    if (admission.kind === 'suspended') {
      const retryAfterMs = Math.round(admission.forMs)
      this.#settings.emit({ type: 'recovery-suspended', session: fingerprint, epoch, retryAfterMs })
      return notStarted('renewals of this server keep failing', { code: 'recovery_suspended', retryAfterMs })
    }
    let ending: RecoveryEnding = 'failed'
    try {
      const outcome = await this.#recover(session, call)
      if (outcome.kind === 'renewed') ending = 'accepted'
      else if (outcome.kind === 'challenged' || outcome.outage) ending = 'undecided'
      return outcome
    } finally {
      admission.ended(ending)
    }
  }

  async #recover(session: VirtualSession, call: RenewalCall): Promise<RenewalOutcome> {
    const { clock, emit, recoveryTimeoutMs } = this.#settings
    const { health } = session
    const startedAt = clock.now()
    const tell = { session: session.fingerprint, epoch: session.epoch }
    const authorizationChanges = session.newestHeaders.authorizationChanges
    emit({ type: 'recovery-started', ...tell })
    const steps = new RecoverySteps(clock, recoveryTimeoutMs, (step, durationMs) => {
      emit({ type: 'recovery-step', ...tell, step, durationMs })
    })
    const { result, attempts, diedAtOnce } = await makeSession(this.#inputFor(session, call, steps))
    const durationMs = Math.round(clock.now() - startedAt)
    health.unproven += diedAtOnce

    if (result.kind === 'accepted') {
      this.#accept(session, result, durationMs)
      return { kind: 'renewed' }
    }
    const outage = result.kind === 'failed' ? result.outage : undefined
    const failure: RecoveryFailure =
      result.kind === 'failed'
        ? { step: result.step, cause: result.cause, durationMs, attempts }
        : { step: 'initialize', cause: challengeText(result.response), durationMs, attempts }
    const reason = diedAtOnce > 0 && !outage ? neverLasting(health.unproven) : undefined
    health.lastError = failure.cause
    emit({ type: 'recovery-failed', ...tell, durationMs, step: failure.step, reason: failure.cause })
    if (result.kind === 'failed') return { kind: 'failed', failure: { ...failure, reason }, outage }
    return { kind: 'challenged', claim: onceWithin(clock, result.response), authorizationChanges, failure }
  }

  #inputFor(session: VirtualSession, { url, send, init }: RenewalCall, steps: RecoverySteps): NewSessionInput {
    const { transcript, newestHeaders } = session
    const { clock, random, dialects, newRequestId } = this.#settings
    // Always the one that the client was told, so that it stays true, even where a server answered another since.
    const protocolVersion = negotiatedVersion(transcript, newestHeaders.value)
    const headers = ownHeaders(session, url)
    if (transcript.initializeHeaders.has(protocolVersionHeader)) headers.set(protocolVersionHeader, protocolVersion)
    return {
      url,
      send,
      init,
      headers,
      params: transcript.initializeParams,
      protocolVersion,
      offeredVersion: offeredVersion(transcript),
      newRequestId,
      dialects,
      steps,
      // The id of a session that is lost to somebody else is not ours to end.
      oldSessionId: session.lost ? undefined : session.upstreamId,
      secrets: secretsOf(session),
      random,
      clock,
    }
  }

  #accept(session: VirtualSession, accepted: AcceptedHandshake, durationMs: number): void {
    const { registry, emit } = this.#settings
    const { protocolVersion, sessionId } = accepted
    const agreed = negotiatedVersion(session.transcript, session.newestHeaders.value)
    const previous = session.protocolVersion ?? agreed
    const evicted = registry.renew(session, sessionId, protocolVersion === agreed ? undefined : protocolVersion)
    session.health.renewed()
    if (evicted) tellLoss(emit, evicted, upstreamIdReused)
    emit({
      type: 'recovery-succeeded',
      session: session.fingerprint,
      epoch: session.epoch,
      durationMs,
      protocolVersion,
      ...(protocolVersion === previous ? {} : { previousProtocolVersion: previous }),
      stateless: sessionId === undefined,
    })
  }
}

/** The reason for a loss that no answer told us: the server gave this session's id to somebody else. */
export const upstreamIdReused = 'upstream-id-reused'

/** Those who waited ask at once. */
const maxClaimMs = 1_000

/** Hands the response to the first who asks. If nobody does, because everyone who waited has given up, it is let go. */
function onceWithin(clock: Clock, response: Response): () => Response | undefined {
  let unclaimed: Response | undefined = response
  const claim = () => {
    const claimed = unclaimed
    unclaimed = undefined
    cancelTimer()
    return claimed
  }
  const cancelTimer = clock.schedule(() => {
    if (claim()) discardBody(response)
  }, maxClaimMs)
  return claim
}

function notStarted(cause: string, reason?: RecoveryFailure['reason']): RenewalOutcome {
  return {
    kind: 'failed',
    failure: { step: 'initialize', cause, durationMs: 0, attempts: 0, reason },
    outage: undefined,
  }
}

/** What counts as one server: the query may hold the key of one user. */
function serverOf({ host, pathname }: URL): string {
  return `${host}${pathname}`
}

function challengeText(response: Response): string {
  return `initialize was answered with HTTP ${String(response.status)}: the server wants the client to sign in again`
}
