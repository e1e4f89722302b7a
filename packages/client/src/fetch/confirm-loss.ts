import { abortable, deadline } from '../base/abort.js'
import { discardBody } from '../base/body.js'
import { ownHeadersOnSession } from '../session/own-request.js'
import type { VirtualSession } from '../session/virtual-session.js'
import { callOf, settingsOf, type Call } from './call.js'
import type { Seam } from './engine.js'
import { readRefusal } from './read-refusal.js'

export type Confirmation =
  | { readonly verdict: 'lost'; readonly rule: string; readonly status: number }
  | { readonly verdict: 'alive' }
  | {
      readonly verdict: 'unknown'
      /** Of the answer, if there was one. */
      readonly status?: number
    }

/**
 * Asks the server with a `ping` whether it still knows the session: a refused GET alone is a weak witness, because
 * servers without a standalone stream refuse it on living sessions too.
 */
export async function confirmLoss(
  seam: Seam,
  session: VirtualSession,
  suspicious: Call,
  maxWaitMs = 10_000,
): Promise<Confirmation> {
  const { url } = suspicious
  const timeout = deadline(seam.clock, maxWaitMs, 'a ping')
  const ping = callOf(url, {
    ...settingsOf(suspicious),
    method: 'POST',
    headers: ownHeadersOnSession(session, url),
    body: JSON.stringify({ jsonrpc: '2.0', id: seam.newRequestId(), method: 'ping' }),
    signal: timeout.signal,
  })
  try {
    const answer = await abortable(seam.next(url, ping.init), timeout.signal)
    const { response, verdict } = await readRefusal(seam, ping, answer, session.upstreamId !== undefined)
    discardBody(response)
    const { status } = response
    // A ping runs nothing, so that it does not matter here whether it may have been run.
    if (verdict.conclusion === 'lost') return { verdict: 'lost', rule: verdict.rule, status }
    // Not ready, not signed in, too busy: says nothing about the session.
    return response.ok || verdict.rule === 'method-not-found' ? { verdict: 'alive' } : { verdict: 'unknown', status }
  } catch {
    return { verdict: 'unknown' }
  } finally {
    timeout.cancel()
  }
}
