import type { SessionHealth } from '../session/session-health.js'
import type { VirtualSession } from '../session/virtual-session.js'
import { BackgroundQueue } from './background-queue.js'
import type { RecoveryFailure } from './failure.js'
import type { Sender } from './handshake-requests.js'
import { neverLasting } from './never-lasting.js'
import { probe, recover, type RecoverySettings, type RenewalOutcome } from './recover.js'
import { ServerThrottles } from './server-throttles.js'
import type { RecoveryEnding, ThrottleSettings } from './throttle.js'

export type { RenewalOutcome } from './recover.js'

export interface RenewalSettings extends RecoverySettings {
  readonly throttling: ThrottleSettings
  /** Most renewals at once, for each server, that nobody waits for. */
  readonly maxBackgroundRecoveries: number
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
  renew(session: VirtualSession, sender: Sender, { background = false }: RenewOptions = {}): Promise<RenewalOutcome> {
    const flight = this.#underWay.get(session)
    if (!flight) return this.#take(session, sender, background)
    if (!background) flight.startNow()
    return flight.outcome
  }

  /** Asks whether the server makes new sessions now, see {@link probe}. */
  probe(session: VirtualSession, sender: Sender): Promise<boolean> {
    return probe(this.#settings, session, sender)
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

  #take(session: VirtualSession, sender: Sender, background: boolean): Promise<RenewalOutcome> {
    let settle: (outcome: Promise<RenewalOutcome>) => void = () => undefined
    const outcome = new Promise<RenewalOutcome>((resolve) => (settle = resolve))
    const run = () => {
      const running = this.#run(session, sender).finally(() => this.#underWay.delete(session))
      settle(running)
      return running.catch(() => undefined)
    }
    const startNow = background ? this.#background.add(serverOf(session.endpoint), run) : () => undefined
    this.#underWay.set(session, { outcome, startNow })
    if (!background) void run()
    return outcome
  }

  async #run(session: VirtualSession, sender: Sender): Promise<RenewalOutcome> {
    const { health, endpoint, fingerprint, epoch } = session
    if (session.closing) return notStarted('the client has ended the session')
    const server = serverOf(endpoint)
    // A session whose id was given to somebody else did not die: its server is well.
    if (health.diedYoung(this.#settings.clock.now()) && !session.lost) this.#throttles.told(server, 'died-young')
    const admission = this.#throttles.admit(server)
    if (admission.kind === 'suspended') {
      const retryAfterMs = Math.round(admission.forMs)
      this.#settings.emit({ type: 'recovery-suspended', session: fingerprint, epoch, retryAfterMs })
      return notStarted(whySuspended(health), { code: 'recovery_suspended', retryAfterMs })
    }
    let ending: RecoveryEnding = 'failed'
    try {
      const outcome = await recover(this.#settings, session, sender)
      if (outcome.kind === 'renewed') ending = 'accepted'
      else if (outcome.kind === 'challenged' || outcome.outage) ending = 'undecided'
      return outcome
    } finally {
      admission.ended(ending)
    }
  }
}

/** What this session has seen of it; it may have been others whose renewals failed. */
function whySuspended({ unproven, lastError }: SessionHealth): string {
  const never = neverLasting(unproven)
  if (never) return `${String(never.sessions)} new sessions in a row were lost before anything was answered on them`
  return lastError ?? 'those of other sessions failed'
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
