import { abortable } from '../base/abort.js'
import { pause } from '../base/clock.js'
import { isSuspicious, isWorthAsking } from '../recovery/suspicion.js'
import type { VirtualSession } from '../session/virtual-session.js'
import { settingsOf, whyNotReplayable, type Call } from './call.js'
import { confirmLoss } from './confirm-loss.js'
import type { Seam } from './engine.js'

/** The reason for a loss that no answer told us: the server fails on this session only. */
export const persistentServerError = 'persistent-server-error'

/** Whoever fails on everything does so at once: a caller is not kept waiting for it beyond its budget. */
const maxPingMs = 3_000

/**
 * Some servers fail (500, 502, 503) on a session that they don't know instead of saying so. Told from an outage by what
 * is asked after several errors in a row: a `ping` fails on the session in the same way, before and after a fresh
 * `initialize` beside it that does not. Rejects when the caller gives up.
 * @param leftMs how long the caller can be kept waiting
 */
export async function isLostSilently(
  seam: Seam,
  session: VirtualSession,
  call: Call,
  { status, headers }: Response,
  leftMs: number,
): Promise<boolean> {
  const { clock, dialects, renewals, next } = seam
  const { epoch, upstreamId, health } = session
  // A server that names a time is not ready, and says so.
  if (!isSuspicious(status) || headers.has('retry-after')) return false
  health.serverErrors++
  const mayAsk =
    leftMs > 0 && dialects.persistentServerError !== false && upstreamId !== undefined && !whyNotReplayable(call)
  if (!mayAsk || session.closing || renewals.underWay(session) || !isWorthAsking(status, health.serverErrors))
    return false

  const failsToPing = async (): Promise<'lost' | 'fails' | 'no'> => {
    const confirmed = await confirmLoss(seam, session, call, maxPingMs)
    if (confirmed.verdict === 'unknown') return isSuspicious(confirmed.status ?? 0) ? 'fails' : 'no'
    return confirmed.verdict === 'lost' ? 'lost' : 'no'
  }
  const ask = async () => {
    const before = await failsToPing()
    if (before !== 'fails') return before === 'lost'
    if (!(await renewals.probe(session, { url: call.url, send: next, init: settingsOf(call) }))) return false
    // The server may have come back between the two questions.
    return (await failsToPing()) !== 'no'
  }
  const patience = pause(clock, leftMs)
  const isLost = await abortable(Promise.race([ask(), patience.over.then(() => false)]), call.signal).finally(
    patience.cancel,
  )
  return isLost && session.epoch === epoch
}
