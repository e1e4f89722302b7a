import { discardBody } from '../base/body.js'
import type { Clock } from '../base/clock.js'
import type { EventListener } from '../base/events.js'
import { redact } from '../base/redact.js'
import { ownHeaders } from '../session/own-request.js'
import { secretsOf } from '../session/secrets.js'
import { changedAspects, type ServerFacts } from '../session/server-facts.js'
import type { SessionRegistry } from '../session/session-registry.js'
import { tellLoss } from '../session/tell-loss.js'
import { negotiatedVersion, offeredVersion } from '../session/transcript.js'
import type { VirtualSession } from '../session/virtual-session.js'
import { protocolVersionHeader } from '../wire/headers.js'
import type { CatchUp } from './catch-up.js'
import type { DialectOptions } from './dialects.js'
import type { RecoveryFailure } from './failure.js'
import { endSession, type Sender } from './handshake-requests.js'
import { initialize, type Outage } from './handshake.js'
import type { ListComparisons } from './list-comparisons.js'
import { neverLasting } from './never-lasting.js'
import { makeSession, type NewSessionInput, type RestoredSession } from './new-session.js'
import { RecoverySteps } from './recovery-steps.js'

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

export interface RecoverySettings {
  readonly registry: SessionRegistry
  readonly clock: Clock
  /** A number from 0 to 1. */
  readonly random: () => number
  readonly emit: EventListener
  readonly dialects: DialectOptions
  readonly recoveryTimeoutMs: number
  readonly catchUp: CatchUp
  readonly comparisons: ListComparisons
  /** Makes a JSON-RPC id that can't collide with a client's. */
  readonly newRequestId: () => string
}

/** Puts a new upstream session behind a virtual one, and tells how that went. */
export async function recover(
  settings: RecoverySettings,
  session: VirtualSession,
  sender: Sender,
): Promise<RenewalOutcome> {
  const { clock, emit, recoveryTimeoutMs } = settings
  const { health } = session
  const startedAt = clock.now()
  const tell = { session: session.fingerprint, epoch: session.epoch }
  const authorizationChanges = session.newestHeaders.authorizationChanges
  emit({ type: 'recovery-started', ...tell })
  settings.comparisons.cancel(session)
  const steps = new RecoverySteps(clock, recoveryTimeoutMs, (step, durationMs) => {
    emit({ type: 'recovery-step', ...tell, step, durationMs })
  })
  const { result, attempts, diedAtOnce } = await makeSession(inputFor(settings, session, sender, steps))
  const durationMs = Math.round(clock.now() - startedAt)
  health.unproven += diedAtOnce

  if (result.kind === 'accepted') {
    accept(settings, session, sender, result, durationMs)
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

function inputFor(
  settings: RecoverySettings,
  session: VirtualSession,
  { url, send, init }: Sender,
  steps: RecoverySteps,
): NewSessionInput {
  const { transcript, newestHeaders } = session
  const { registry, clock, random, dialects, emit, newRequestId } = settings
  // Always the one that the client was told, so that it stays true, even where a server answered another since.
  const protocolVersion = negotiatedVersion(transcript, newestHeaders.value)
  const headers = () => {
    const fresh = ownHeaders(session, url)
    if (transcript.initializeHeaders.has(protocolVersionHeader)) fresh.set(protocolVersionHeader, protocolVersion)
    return fresh
  }
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
    session,
    emit,
    // The id of a session that is lost to somebody else is not ours to end.
    oldSessionId: session.lost ? undefined : session.upstreamId,
    secrets: secretsOf(session),
    random,
    clock,
    onMinted: (sessionId) => {
      // Counted ids: under the old one there is another session now, whatever becomes of this recovery.
      if (sessionId === session.upstreamId) session.lost = true
      const evicted = registry.evict(session, sessionId)
      if (evicted) tellLoss(emit, evicted, upstreamIdReused)
    },
  }
}

function accept(
  settings: RecoverySettings,
  session: VirtualSession,
  sender: Sender,
  { protocolVersion, sessionId, server, settled }: RestoredSession,
  durationMs: number,
): void {
  const { registry, emit, catchUp, comparisons } = settings
  const agreed = negotiatedVersion(session.transcript, session.newestHeaders.value)
  const previous = session.protocolVersion ?? agreed
  const evicted = registry.renew(session, sessionId, protocolVersion === agreed ? undefined : protocolVersion)
  session.health.renewed(settings.clock.now())
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
  noteServer(emit, session, server)
  // What the old session accepted while the new one was told what it had accepted until then.
  const missed = session.standingRequests.all.filter((request) => !settled.has(request))
  catchUp.add(session, sender, missed)
  comparisons.start(session, sender)
}

function noteServer(emit: EventListener, session: VirtualSession, server: ServerFacts): void {
  const before = session.server
  session.server = server
  const changed = before ? changedAspects(before, server) : []
  if (!before || changed.length === 0) return
  const shown = ({ name, version }: ServerFacts) => ({ name: redact(name), version: redact(version) })
  emit({
    type: 'server-changed',
    session: session.fingerprint,
    epoch: session.epoch,
    changed,
    server: shown(server),
    previousServer: shown(before),
  })
}

/** Of it `initialize` may take two thirds. */
const maxProbeMs = 7_500

/**
 * Asks whether the server makes new sessions now, beside this session, which stays what it is. What is made is ended
 * at once.
 */
export async function probe(settings: RecoverySettings, session: VirtualSession, sender: Sender): Promise<boolean> {
  const limitMs = Math.min(maxProbeMs, settings.recoveryTimeoutMs)
  const steps = new RecoverySteps(settings.clock, limitMs, () => undefined)
  const input = inputFor(settings, session, sender, steps)
  const result = await steps.run('initialize', (signal) => initialize(input, signal))
  if (result.kind === 'challenged') discardBody(result.response)
  if (result.kind !== 'accepted') return false
  void endSession(input, result.sessionId, result.protocolVersion)
  return true
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

function challengeText(response: Response): string {
  return `initialize was answered with HTTP ${String(response.status)}: the server wants the client to sign in again`
}
