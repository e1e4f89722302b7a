/** Header names of MCP and HTTP that the engine reads or writes, in the case `Headers` gives them back. */
export const sessionIdHeader = 'mcp-session-id'
export const protocolVersionHeader = 'mcp-protocol-version'
export const lastEventIdHeader = 'last-event-id'
export const authorizationHeader = 'authorization'
/** On an answer, with `1`: the request did not reach the server's application. What REFUSED_STREAM is in HTTP/2. */
const notDispatchedHeader = 'mcp-not-dispatched'

/**
 * Whether these headers are a proof that is good for one sending only: DPoP (RFC 9449), HTTP Message Signatures
 * (RFC 9421), AWS Signature Version 4. Sent again, the server would take the request for a replay attack.
 */
export function isSigned(headers: Headers): boolean {
  return headers.has('dpop') || headers.has('signature-input') || /^aws4-/i.test(headers.get(authorizationHeader) ?? '')
}

/** Whether an answer proves that its request was not run. Any other value than `1` proves nothing. */
export function isNotDispatched(headers: Headers): boolean {
  return headers.get(notDispatchedHeader) === '1'
}

/** The session id that a response carries. An empty one is none. */
export function sessionIdOf(headers: Headers): string | undefined {
  return headerValue(headers, sessionIdHeader)
}

/** One header's value without copying the whole list where that can be helped: it is asked for on every request. */
export function headerValue(headers: HeadersInit | undefined, name: string): string | undefined {
  if (headers === undefined) return undefined
  const value = isRecord(headers) ? valueIn(headers, name) : asHeaders(headers).get(name)
  return value === null || value === '' ? undefined : value
}

/**
 * The same headers with these values in place of their own; `undefined` takes one away. Names are in lower case. A plain
 * record stays one: the platform's list would cost more than the rest of a request.
 */
export function withHeaderValues(
  headers: HeadersInit | undefined,
  values: Readonly<Record<string, string | undefined>>,
): HeadersInit {
  if (headers !== undefined && isRecord(headers)) {
    const own = Object.entries(headers).filter(([name]) => !Object.hasOwn(values, name.toLowerCase()))
    const given = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined)
    return Object.fromEntries([...own, ...given])
  }
  const copy = new Headers(headers)
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) copy.delete(name)
    else copy.set(name, value)
  }
  return copy
}

/** Whether a request's sender reads event streams (MCP 2025-11-25, Transports, Sending Messages to the Server 2). */
export function isAcceptingEvents(headers: Headers): boolean {
  return /text\/event-stream|\*\/\*/i.test(headers.get('accept') ?? '')
}

/** The headers as an object of the platform's, made only where they are none. */
export function asHeaders(headers: HeadersInit | undefined): Headers {
  return headers instanceof Headers ? headers : new Headers(headers)
}

function isRecord(headers: HeadersInit): headers is Record<string, string> {
  return Object.getPrototypeOf(headers) === Object.prototype
}

/** Several members of one name, which differ in case, are one header of several values: that is left to the platform. */
function valueIn(headers: Readonly<Record<string, string>>, name: string): string | null {
  let found: string | null = null
  for (const key in headers) {
    if (key.length !== name.length || (key !== name && key.toLowerCase() !== name)) continue
    if (found !== null) return new Headers(headers).get(name)
    found = headers[key]?.trim() ?? null
  }
  return found
}
