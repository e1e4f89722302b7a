import type { VirtualSession } from '../session/virtual-session.js'
import { lastEventIdHeader } from '../wire/headers.js'
import { callOf, onCurrentEpoch, settingsOf, type Call } from './call.js'

/**
 * A GET of our own for an event stream in the session's current epoch, sent as `call` was.
 * @param lastEventId as the server gave it
 */
export function streamRequest(session: VirtualSession, call: Call, lastEventId: string | undefined): Call {
  const headers = new Headers(onCurrentEpoch(call, session, true).headers)
  for (const name of ['content-type', 'content-length', lastEventIdHeader]) headers.delete(name)
  headers.set('accept', 'text/event-stream')
  if (lastEventId !== undefined) headers.set(lastEventIdHeader, lastEventId)
  const { signal } = call
  return callOf(call.target, { ...settingsOf(call), method: 'GET', headers, ...(signal && { signal }) })
}
