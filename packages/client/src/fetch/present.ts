import { withHeaders } from '../base/body.js'
import { sessionIdHeader } from '../wire/headers.js'
import { requestIds, type JsonRpcError, type OutgoingMessage } from '../wire/json-rpc.js'
import type { VirtualSession } from '../session/virtual-session.js'

/**
 * The response as the client may see it: with no session id but the virtual one, also on an error, because some
 * clients adopt the id of any response.
 */
export function present(response: Response, session: VirtualSession): Response {
  const sessionId = response.headers.get(sessionIdHeader)
  if (sessionId === null || sessionId === session.virtualId) return response
  if (isUnshared(response)) {
    response.headers.set(sessionIdHeader, session.virtualId)
    return response
  }
  const headers = new Headers(response.headers)
  headers.set(sessionIdHeader, session.virtualId)
  return withHeaders(response, headers)
}

/** An answer of the project's own `fetch`, which says that nobody else holds it: it need not be built anew. */
function isUnshared(response: Response): boolean {
  return (response as { readonly isUnshared?: unknown }).isUnshared === true
}

/** 202, as the specification wants it for an accepted notification or response. */
export function presentAccepted(): Response {
  return new Response(null, { status: 202 })
}

/** 200 with an event stream of our own. */
export function presentEvents(body: ReadableStream<Uint8Array>): Response {
  return new Response(body, { headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' } })
}

/** 405: the server offers no standalone stream. The one refusal of a GET that no SDK takes for a failure. */
export function presentNoStream(): Response {
  return new Response(null, { status: 405, headers: { allow: 'POST, DELETE' } })
}

/** The session is gone, which is what DELETE wants. */
export function presentClosed(): Response {
  return new Response(null, { status: 200 })
}

/**
 * An error of our own. For requests it is a JSON-RPC error over HTTP 200, because SDKs tear down or re-authorize on
 * other statuses. What has no id to answer gets a 502: never a 404, which clients take for the loss of their session.
 */
export function presentError(message: OutgoingMessage, error: JsonRpcError): Response {
  const ids = requestIds(message)
  if (ids.length === 0) return json(502, { jsonrpc: '2.0', id: null, error })
  const answers = ids.map((id) => ({ jsonrpc: '2.0', id, error }))
  return json(200, message.kind === 'batch' ? answers : answers[0])
}

function json(status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })
}
