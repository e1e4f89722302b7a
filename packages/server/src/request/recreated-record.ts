import type { SessionRecord } from '../session/session-record.js'

/** What the specification has a server assume where the header is missing (2025-11-25, Transports, Protocol Version Header). */
const versionWithoutHeader = '2025-03-26'

/**
 * What a request tells of a session that nobody remembers: whose it is, and the version of the protocol. Nothing is known of
 * the client, so that it counts as one that can do nothing but ask.
 * @returns undefined where the request names no version of the protocol
 */
export function recreatedRecord(request: Request, principal: string, createdAt: number): SessionRecord | undefined {
  const protocolVersion = request.headers.get('mcp-protocol-version') ?? versionWithoutHeader
  if (!/^\d{4}-\d\d-\d\d$/.test(protocolVersion)) return undefined
  return {
    format: 1,
    initialize: { protocolVersion, capabilities: {}, clientInfo: { name: 'unknown', version: '0' } },
    protocolVersion,
    principal,
    createdAt,
    logLevel: null,
    subscriptions: [],
  }
}
