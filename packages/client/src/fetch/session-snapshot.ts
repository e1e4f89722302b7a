import { redact } from '../base/redact.js'
import type { VirtualSession } from '../session/virtual-session.js'
import type { Engine } from './engine.js'

/** One session as it stands now: plain data, safe to show. */
export interface SessionSnapshot {
  /** Short fingerprint of the virtual session id, as in the events; never the id. */
  readonly session: string
  /** Origin and path of the server, without the query; what looks like a secret in the path is masked. */
  readonly endpoint: string
  /** Counts the upstream sessions behind this virtual session: 1, 2, 3 … */
  readonly epoch: number
  /**
   * - `healthy`: as far as is known;
   * - `recovering`: it is being renewed, or about to be;
   * - `away`: the server could not be reached or was not ready, and nothing was answered since;
   * - `lost`: it is known to be dead, and will be renewed for the next request;
   * - `closing`: its client is ending it.
   */
  readonly state: 'healthy' | 'recovering' | 'away' | 'lost' | 'closing'
  /** Requests that are not answered yet. */
  readonly callsUnderWay: number
  /** How often the server was found not to know it. */
  readonly losses: number
  /** How often it was renewed. */
  readonly recoveries: number
  /** What went wrong last, in a sentence; absent when nothing ever did. */
  readonly lastError?: string
  /** Time since its client last used it, in milliseconds. */
  readonly idleMs: number
  /** True when its server keeps no sessions now, so that requests go out without an id. */
  readonly stateless: boolean
}

/** The sessions of an engine. Those that were idle too long are forgotten first. */
export function snapshotsOf(engine: Engine): SessionSnapshot[] {
  engine.registry.forgetIdle()
  return Array.from(engine.registry.all, (session) => snapshotOf(engine, session))
}

function snapshotOf(engine: Engine, session: VirtualSession): SessionSnapshot {
  const { fingerprint, endpoint, epoch, calls, health, upstreamId } = session
  const { losses, lastError, lastUsedAt } = health
  return {
    session: fingerprint,
    endpoint: endpoint.origin + redact(endpoint.pathname),
    epoch,
    state: stateOf(engine, session),
    callsUnderWay: calls.size,
    losses,
    recoveries: epoch - 1,
    ...(lastError !== undefined && { lastError }),
    idleMs: Math.round(engine.clock.now() - lastUsedAt),
    stateless: upstreamId === undefined,
  }
}

function stateOf({ renewals }: Engine, session: VirtualSession): SessionSnapshot['state'] {
  if (session.closing) return 'closing'
  if (renewals.underWay(session)) return 'recovering'
  if (session.lost) return 'lost'
  return session.health.away ? 'away' : 'healthy'
}
