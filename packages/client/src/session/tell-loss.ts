import type { EventListener } from '../base/events.js'
import type { VirtualSession } from './virtual-session.js'

/**
 * Says that the server no longer knows this session's current upstream session.
 * @param rule by which it was told
 * @param status of the answer that said so, if one did
 */
export function tellLoss(emit: EventListener, session: VirtualSession, rule: string, status?: number): void {
  const { fingerprint, epoch, health } = session
  health.losses++
  emit({ type: 'session-lost', session: fingerprint, epoch, rule, ...(status !== undefined && { status }) })
}
