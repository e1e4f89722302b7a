import type { RenewalOutcome } from '../recovery/renewals.js'
import { tellLoss } from '../session/tell-loss.js'
import type { VirtualSession } from '../session/virtual-session.js'
import { settingsOf, type Call } from './call.js'
import type { Confirmation } from './confirm-loss.js'
import type { Seam } from './engine.js'

/**
 * Renews a session, or joins those who do, while no caller waits for it. How that ends is told by events too.
 * @param confirmed the loss, unless it is known already
 */
export function renewInBackground(
  seam: Seam,
  session: VirtualSession,
  call: Call,
  confirmed?: Extract<Confirmation, { verdict: 'lost' }>,
): Promise<RenewalOutcome> {
  const { emit, renewals, next } = seam
  if (confirmed && !renewals.underWay(session)) {
    const { rule, status } = confirmed
    tellLoss(emit, session, rule, status)
  }
  return renewals.renew(session, { url: call.url, send: next, init: settingsOf(call) }, { background: true })
}
