import { abortable } from '../base/abort.js'
import { discardBody } from '../base/body.js'
import type { VirtualSession } from '../session/virtual-session.js'
import { callOf, onCurrentEpoch, type Call } from './call.js'
import type { Seam } from './engine.js'
import { present, presentClosed } from './present.js'
import { readRefusal } from './read-refusal.js'

/**
 * Passes the client's DELETE on, under the id that the server knows now. A session that is gone already is what DELETE
 * wants, and both SDKs would throw on the 404: it is presented as success.
 */
export async function closeSession(seam: Seam, session: VirtualSession, call: Call): Promise<Response> {
  session.newestHeaders.remember(call.init.headers, call.url)
  // From here on a refusal is no loss: nothing that is still under way may bring the session back.
  session.closing = true
  try {
    return await close(seam, session, call)
  } catch (error) {
    // While it is being renewed we still end it as soon as that is done.
    session.closing = seam.renewals.underWay(session) !== undefined
    throw error
  }
}

async function close(seam: Seam, session: VirtualSession, call: Call): Promise<Response> {
  const renewal = seam.renewals.underWay(session)
  // One that was put off ends at once then, because there is nothing left to renew.
  seam.renewals.hasten(session)
  if (renewal) await renewalOrAbort(seam, session, call, renewal)
  if (session.lost || session.upstreamId === undefined) {
    forget(seam, session)
    return presentClosed()
  }
  const answer = await seam.next(call.target, onCurrentEpoch(call, session, renewal !== undefined))
  const { response, verdict } = await readRefusal(seam, call, answer, true)
  const isGone = verdict.conclusion === 'lost' || response.status === 404
  // 405: the server does not let clients end a session, so this client is done with it all the same.
  if (isGone || response.ok || response.status === 405) forget(seam, session)
  else session.closing = false
  if (!isGone) return present(response, session)
  discardBody(response)
  return presentClosed()
}

/** Waits for the renewal. A caller that can't wait that long leaves it to us to end the session that it brings. */
async function renewalOrAbort(
  seam: Seam,
  session: VirtualSession,
  call: Call,
  renewal: Promise<unknown>,
): Promise<void> {
  try {
    await abortable(renewal, call.signal)
  } catch (error) {
    const { signal: _gone, ...init } = call.init
    renewal.then(() => closeSession(seam, session, callOf(call.target, init))).catch(() => undefined)
    throw error
  }
}

function forget({ registry, comparisons, emit }: Seam, session: VirtualSession): void {
  registry.forget(session)
  comparisons.cancel(session)
  emit({ type: 'session-closed', session: session.fingerprint, epoch: session.epoch })
}
