/** Header names of MCP and HTTP that the engine reads or writes, in the case `Headers` gives them back. */
export const sessionIdHeader = 'mcp-session-id'
export const protocolVersionHeader = 'mcp-protocol-version'
export const lastEventIdHeader = 'last-event-id'
export const authorizationHeader = 'authorization'

/**
 * Whether these headers are a proof that is good for one sending only: DPoP (RFC 9449), HTTP Message Signatures
 * (RFC 9421), AWS Signature Version 4. Sent again, the server would take the request for a replay attack.
 */
export function isSigned(headers: Headers): boolean {
  return headers.has('dpop') || headers.has('signature-input') || /^aws4-/i.test(headers.get(authorizationHeader) ?? '')
}

/** The session id that a response carries. An empty one is none. */
export function sessionIdOf(headers: Headers): string | undefined {
  return headerValue(headers, sessionIdHeader)
}

/** One header's value without copying the whole list where that can be helped: it is asked for on every request. */
export function headerValue(headers: HeadersInit | undefined, name: string): string | undefined {
  if (headers === undefined) return undefined
  const value = (headers instanceof Headers ? headers : new Headers(headers)).get(name)
  return value === null || value === '' ? undefined : value
}

/** Whether a request's sender reads event streams (MCP 2025-11-25, Transports, Sending Messages to the Server 2). */
export function isAcceptingEvents(headers: Headers): boolean {
  return /text\/event-stream|\*\/\*/i.test(headers.get('accept') ?? '')
}
