/** The body of a request's answer, or the standalone stream. */
export function eventStreamResponse(body: ReadableStream<Uint8Array>): Response {
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
}

/**
 * What a session that is gone with its stream is answered from then on (MCP 2025-11-25, Transports, Session Management
 * 3). Nothing was sent, so that it can be sent again on the next one.
 */
export function sessionGone(): Response {
  return jsonRpcError(404, -32001, 'Session not found: its event stream is gone', { 'mcp-not-dispatched': '1' })
}

/** Somebody else has the standalone stream. */
export function streamTaken(): Response {
  return jsonRpcError(409, -32000, 'Conflict: the event stream of this session is open already')
}

/** There is no session to send it in. */
export function sessionRequired(): Response {
  return jsonRpcError(400, -32000, 'Bad Request: the server speaks HTTP+SSE, where a session begins with initialize')
}

export function methodNotAllowed(): Response {
  return new Response(null, { status: 405, headers: { allow: 'GET, POST, DELETE' } })
}

function jsonRpcError(status: number, code: number, message: string, headers: Record<string, string> = {}): Response {
  const body = JSON.stringify({ jsonrpc: '2.0', id: null, error: { code, message } })
  return new Response(body, { status, headers: { 'content-type': 'application/json', ...headers } })
}
