import type { VirtualSession } from './virtual-session.js'

/** Headers whose values say nothing about who sends them. */
const harmless = /^(accept|content-|user-agent|mcp-protocol-version|cache-|connection|host|origin|referer|sec-)/

/** Shorter words are no secrets, and masking them would make a message unreadable. */
const minSecretLength = 8

/** What of this session must not appear in an error or an event: its ids, and the values of the caller's headers. */
export function secretsOf({ virtualId, upstreamId, newestHeaders, transcript }: VirtualSession): string[] {
  const words = [transcript.initializeHeaders, newestHeaders.value]
    .flatMap((headers) => [...(headers ?? [])])
    .filter(([name]) => !harmless.test(name))
    .flatMap(([, value]) => value.split(/[\s,;=]+/))
    .filter((word) => word.length >= minSecretLength)
  return [virtualId, ...(upstreamId === undefined ? [] : [upstreamId]), ...new Set(words)]
}
