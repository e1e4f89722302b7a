import { deadline } from '../base/abort.js'
import type { Clock } from '../base/clock.js'
import type { EventListener } from '../base/events.js'
import { redact } from '../base/redact.js'
import { onUpstreamSession, ownHeaders } from '../session/own-request.js'
import { secretsOf } from '../session/secrets.js'
import { changedAspects, type ServerFacts } from '../session/server-facts.js'
import type { SessionRegistry } from '../session/session-registry.js'
import type { StandingRequest } from '../session/standing-requests.js'
import { negotiatedVersion, offeredVersion } from '../session/transcript.js'
import type { VirtualSession } from '../session/virtual-session.js'
import { protocolVersionHeader } from '../wire/headers.js'
import type { Sender } from './ask.js'
import type { CatchUp } from './catch-up.js'
import type { RecoveryFailure } from './failure.js'
import { abandon, shakeHands, type HandshakeInput, type HandshakeResult, type Outage } from './handshake.js'
import type { ListComparisons } from './list-comparisons.js'
import { restore } from './restore.js'

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

export interface RenewalSettings {
  readonly registry: SessionRegistry
  readonly clock: Clock
  readonly emit: EventListener
  readonly recoveryTimeoutMs: number
  readonly catchUp: CatchUp
  readonly comparisons: ListComparisons
  /** Makes a JSON-RPC id that can't collide with a client's. */
  readonly newRequestId: () => string
}

type Accepted = Extract<HandshakeResult, { kind: 'accepted' }>

/** A session that may be used, and the standing requests of which there is nothing more to tell it. */
type MadeSession = Accepted & { readonly settled: ReadonlySet<StandingRequest> }

/** Renews sessions, at most one renewal at a time for each of them. */
export class Renewals {
  readonly #settings: RenewalSettings
  readonly #underWay = new WeakMap<VirtualSession, Promise<RenewalOutcome>>()

  constructor(settings: RenewalSettings) {
    this.#settings = settings
  }

  /** The renewal that is under way for this session, if there is one. */
  underWay(session: VirtualSession): Promise<RenewalOutcome> | undefined {
    return this.#underWay.get(session)
  }

  /**
   * Joins the renewal that is under way or starts one. It runs under its own deadline and not under any caller's
   * signal: others wait for it too, and a session that the server has minted must not be left behind.
   */
  renew(session: VirtualSession, sender: Sender): Promise<RenewalOutcome> {
    const joined = this.#underWay.get(session)
    if (joined) return joined
    const renewal = this.#run(session, sender).finally(() => this.#underWay.delete(session))
    this.#underWay.set(session, renewal)
    return renewal
  }

  async #run(session: VirtualSession, sender: Sender): Promise<RenewalOutcome> {
    const { clock, emit, recoveryTimeoutMs } = this.#settings
    const startedAt = clock.now()
    const tell = { session: session.fingerprint, epoch: session.epoch }
    const authorizationChanges = session.newestHeaders.authorizationChanges
    emit({ type: 'recovery-started', ...tell })
    this.#settings.comparisons.cancel(session)
    const timeout = deadline(clock, recoveryTimeoutMs, 'the recovery')
    const result = await this.#makeSession(session, sender, timeout.signal, startedAt).finally(timeout.cancel)
    const durationMs = Math.round(clock.now() - startedAt)

    if (result.kind === 'accepted') {
      this.#accept(session, sender, result, durationMs)
      return { kind: 'renewed' }
    }
    const failure: RecoveryFailure =
      result.kind === 'failed'
        ? { step: result.step, cause: result.cause, durationMs, attempts: 1 }
        : { step: 'initialize', cause: challengeText(result.response), durationMs, attempts: 1 }
    emit({ type: 'recovery-failed', ...tell, durationMs, step: failure.step, reason: failure.cause })
    if (result.kind === 'failed') return { kind: 'failed', failure, outage: result.outage }
    return { kind: 'challenged', claim: once(result.response), authorizationChanges, failure }
  }

  /** Nobody sees the new session before it knows what the old one knew. */
  async #makeSession(
    session: VirtualSession,
    sender: Sender,
    signal: AbortSignal,
    startedAt: number,
  ): Promise<MadeSession | Exclude<HandshakeResult, Accepted>> {
    const { clock, recoveryTimeoutMs } = this.#settings
    const input = this.#handshakeInput(session, sender, signal)
    const made = await shakeHands(input)
    if (made.kind !== 'accepted') return made
    const { sessionId, protocolVersion, server } = made
    // A server that keeps no session has nothing to remember.
    if (sessionId === undefined) return { ...made, settled: new Set(session.standingRequests.all) }
    const restored = await restore({
      ...this.#settings,
      ...{ session, sender, server },
      headers: onUpstreamSession(input.headers, sessionId, protocolVersion),
      timeoutMs: Math.max(1, Math.min(maxRestoreMs, startedAt + recoveryTimeoutMs - clock.now())),
    })
    if (restored.kind === 'restored') return { ...made, settled: restored.settled }
    abandon(input, sessionId, protocolVersion)
    if (restored.kind === 'challenged') return restored
    const failed = { kind: 'failed', step: 'restore', cause: restored.cause } as const
    return restored.kind === 'away' ? { ...failed, outage: restored } : failed
  }

  #handshakeInput(session: VirtualSession, sender: Sender, signal: AbortSignal): HandshakeInput {
    const { transcript, newestHeaders } = session
    // Always the one that the client was told, so that it stays true, even where a server answered another since.
    const protocolVersion = negotiatedVersion(transcript, newestHeaders.value)
    const headers = ownHeaders(session, sender.url)
    if (transcript.initializeHeaders.has(protocolVersionHeader)) headers.set(protocolVersionHeader, protocolVersion)
    return {
      ...sender,
      headers,
      params: transcript.initializeParams,
      protocolVersion,
      offeredVersion: offeredVersion(transcript),
      requestId: this.#settings.newRequestId(),
      secrets: secretsOf(session),
      clock: this.#settings.clock,
      signal,
    }
  }

  #accept(session: VirtualSession, sender: Sender, made: MadeSession, durationMs: number): void {
    const { registry, emit, catchUp, comparisons } = this.#settings
    const { protocolVersion, sessionId, server, settled } = made
    const agreed = negotiatedVersion(session.transcript, session.newestHeaders.value)
    const previous = session.protocolVersion ?? agreed
    const evicted = registry.renew(session, sessionId, protocolVersion === agreed ? undefined : protocolVersion)
    if (evicted) {
      emit({ type: 'session-lost', session: evicted.fingerprint, epoch: evicted.epoch, rule: upstreamIdReused })
    }
    emit({
      type: 'recovery-succeeded',
      session: session.fingerprint,
      epoch: session.epoch,
      durationMs,
      protocolVersion,
      ...(protocolVersion === previous ? {} : { previousProtocolVersion: previous }),
      stateless: sessionId === undefined,
    })
    this.#noteServer(session, server)
    // What the old session accepted while the new one was told what it had accepted until then.
    const missed = session.standingRequests.all.filter((request) => !settled.has(request))
    catchUp.add(session, sender, missed)
    comparisons.start(session, sender)
  }

  #noteServer(session: VirtualSession, server: ServerFacts): void {
    const before = session.server
    session.server = server
    const changed = before ? changedAspects(before, server) : []
    if (!before || changed.length === 0) return
    const shown = ({ name, version }: ServerFacts) => ({ name: redact(name), version: redact(version) })
    this.#settings.emit({
      type: 'server-changed',
      session: session.fingerprint,
      epoch: session.epoch,
      changed,
      server: shown(server),
      previousServer: shown(before),
    })
  }
}

/** A server that lets us wait for a subscription keeps nobody from the session for longer. */
const maxRestoreMs = 10_000

/** The reason for a loss that no answer told us: the server gave this session's id to somebody else. */
export const upstreamIdReused = 'upstream-id-reused'

function once(response: Response): () => Response | undefined {
  let unclaimed: Response | undefined = response
  // Nobody may be left who wants it: everyone who waited has given up.
  return () => {
    const claimed = unclaimed
    unclaimed = undefined
    return claimed
  }
}

function challengeText(response: Response): string {
  return `initialize was answered with HTTP ${String(response.status)}: the server wants the client to sign in again`
}
