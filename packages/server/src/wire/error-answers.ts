import type { RequestId } from './json-rpc.js'

/** Codes of answers that are not the SDK's. The last ones are those of the client package. */
export const errorCodes = {
  badRequest: -32000,
  sessionNotFound: -32001,
  parseError: -32700,
  recoveryFailed: -32010,
  outcomeUnknown: -32011,
  serverUnavailable: -32012,
} as const

/** Says that the server's application never saw the request, so that sending it again is safe. */
const notDispatched = { 'mcp-not-dispatched': '1' } as const

/** A refusal before the SDK saw the request. */
export function refusal(
  status: number,
  code: number,
  message: string,
  options: { readonly headers?: Record<string, string>; readonly data?: unknown } = {},
): Response {
  const error = { code, message, ...(options.data === undefined ? {} : { data: options.data }) }
  return new Response(JSON.stringify({ jsonrpc: '2.0', error, id: null }), {
    status,
    headers: { 'content-type': 'application/json', ...notDispatched, ...options.headers },
  })
}

/**
 * The specification's answer to an id that is not known (2025-11-25, Transports, Session Management 3). The same one for a
 * session that never existed, has ended, or is somebody else's: nobody learns from it which ids exist.
 */
export function sessionNotFound(): Response {
  return refusal(404, errorCodes.sessionNotFound, 'Session not found')
}

/** @param retryAfter in seconds */
export function unavailable(message: string, code: string, retryAfter = 1): Response {
  return refusal(503, errorCodes.serverUnavailable, message, {
    headers: { 'retry-after': String(retryAfter) },
    data: { code },
  })
}

/** What a call is answered with whose process died: a JSON-RPC message, because its HTTP answer has begun long ago. */
export function outcomeUnknown(id: RequestId) {
  return unknown(id, 'The server was restarted while it worked on this request. Whether it took effect is not known')
}

/** What a client finds that comes back for an answer that was given, and that the store could not keep. */
export function answerNotKept(id: RequestId) {
  return unknown(
    id,
    'The server answered this request, but could not keep the answer. Whether it took effect is not known',
  )
}

function unknown(id: RequestId, what: string) {
  const message = `${what}: check with a read before you send it again.`
  return {
    jsonrpc: '2.0',
    id,
    error: { code: errorCodes.outcomeUnknown, message, data: { code: 'outcome_unknown' } },
  } as const
}
