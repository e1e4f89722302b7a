import { protocolVersionHeader, sessionIdHeader } from '../wire/headers.js'
import { negotiatedVersion } from './transcript.js'
import type { VirtualSession } from './virtual-session.js'

/**
 * Headers for a request that the engine makes itself: those of the client's `initialize`, as fresh as the client last
 * had them, and without a session.
 */
export function ownHeaders({ transcript, newestHeaders }: VirtualSession, url: URL): Headers {
  const headers = new Headers(transcript.initializeHeaders)
  newestHeaders.refresh(headers, url, transcript.initializeHeaders)
  headers.delete(sessionIdHeader)
  headers.delete(protocolVersionHeader)
  headers.set('content-type', 'application/json')
  headers.set('accept', 'application/json, text/event-stream')
  return headers
}

/** The same for a request on the session's current upstream session. */
export function ownHeadersOnSession(session: VirtualSession, url: URL): Headers {
  const headers = ownHeaders(session, url)
  const version = session.protocolVersion ?? negotiatedVersion(session.transcript, session.newestHeaders.value)
  return onUpstreamSession(headers, session.upstreamId, version)
}

/** A copy of `headers` for a request on an upstream session. */
export function onUpstreamSession(
  headers: Headers,
  sessionId: string | undefined,
  protocolVersion: string | undefined,
): Headers {
  const copy = new Headers(headers)
  if (sessionId !== undefined) copy.set(sessionIdHeader, sessionId)
  if (protocolVersion !== undefined) copy.set(protocolVersionHeader, protocolVersion)
  return copy
}
