import { deadline } from '../base/abort.js'
import type { Clock } from '../base/clock.js'
import type { EventListener } from '../base/events.js'
import { ownHeaders } from '../session/own-request.js'
import { secretsOf } from '../session/secrets.js'
import type { SessionRegistry } from '../session/session-registry.js'
import { negotiatedVersion, offeredVersion } from '../session/transcript.js'
import type { VirtualSession } from '../session/virtual-session.js'
import { protocolVersionHeader } from '../wire/headers.js'
import type { RecoveryFailure } from './failure.js'
import { shakeHands, type HandshakeResult, type Outage, type Send } from './handshake.js'

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
  readonly emit: EventListener
  readonly recoveryTimeoutMs: number
  /** Makes a JSON-RPC id that can't collide with a client's. */
  readonly newRequestId: () => string
}

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
  renew(session: VirtualSession, call: RenewalCall): Promise<RenewalOutcome> {
    const joined = this.#underWay.get(session)
    if (joined) return joined
    const renewal = this.#run(session, call).finally(() => this.#underWay.delete(session))
    this.#underWay.set(session, renewal)
    return renewal
  }

  async #run(session: VirtualSession, call: RenewalCall): Promise<RenewalOutcome> {
    const { clock, emit, recoveryTimeoutMs } = this.#settings
    const startedAt = clock.now()
    const tell = { session: session.fingerprint, epoch: session.epoch }
    const authorizationChanges = session.newestHeaders.authorizationChanges
    emit({ type: 'recovery-started', ...tell })
    const timeout = deadline(clock, recoveryTimeoutMs, 'the recovery')
    const result = await this.#shakeHands(session, call, timeout.signal).finally(timeout.cancel)
    const durationMs = Math.round(clock.now() - startedAt)

    if (result.kind === 'accepted') {
      this.#accept(session, result, durationMs)
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

  #shakeHands(
    session: VirtualSession,
    { url, send, init }: RenewalCall,
    signal: AbortSignal,
  ): Promise<HandshakeResult> {
    const { transcript, newestHeaders } = session
    const { registry, clock, newRequestId } = this.#settings
    // Always the one that the client was told, so that it stays true, even where a server answered another since.
    const protocolVersion = negotiatedVersion(transcript, newestHeaders.value)
    const headers = () => {
      const fresh = ownHeaders(session, url)
      if (transcript.initializeHeaders.has(protocolVersionHeader)) fresh.set(protocolVersionHeader, protocolVersion)
      return fresh
    }
    return shakeHands({
      url,
      send,
      init,
      headers,
      params: transcript.initializeParams,
      protocolVersion,
      offeredVersion: offeredVersion(transcript),
      requestId: newRequestId(),
      secrets: secretsOf(session),
      clock,
      signal,
      onMinted: (sessionId) => {
        this.#tellEvicted(registry.evict(session, sessionId))
      },
    })
  }

  #accept(session: VirtualSession, accepted: Extract<HandshakeResult, { kind: 'accepted' }>, durationMs: number): void {
    const { registry, emit } = this.#settings
    const { protocolVersion, sessionId } = accepted
    const agreed = negotiatedVersion(session.transcript, session.newestHeaders.value)
    const previous = session.protocolVersion ?? agreed
    this.#tellEvicted(registry.renew(session, sessionId, protocolVersion === agreed ? undefined : protocolVersion))
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

  #tellEvicted(evicted: VirtualSession | undefined): void {
    if (!evicted) return
    const { fingerprint, epoch } = evicted
    this.#settings.emit({ type: 'session-lost', session: fingerprint, epoch, rule: upstreamIdReused })
  }
}

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
