import { printable } from '../log/printable.js'

/**
 * Where messages go, as the `endpoint` event names it: absolute, or relative to the address of the stream (MCP
 * 2024-11-05, Transports, HTTP with SSE). It must be of the same origin: it is sent our credentials. Returns a phrase
 * about what is wrong with it otherwise.
 */
export function readEndpoint(data: string, stream: URL): URL | string {
  const given = data.trim()
  if (given === '' || !URL.canParse(given, stream.href))
    return `its endpoint event names "${printable(given, 80)}", which is no address`
  const endpoint = new URL(given, stream)
  if (endpoint.origin !== stream.origin) {
    return `its endpoint event names ${originOf(endpoint)}, another origin than ${stream.origin}; nothing is sent there`
  }
  if (endpoint.username !== '' || endpoint.password !== '') return 'its endpoint event names an address with a password'
  endpoint.hash = ''
  return endpoint
}

/** Opaque origins (`data:`, `file:`) have no name. */
function originOf({ origin, protocol }: URL): string {
  return origin === 'null' ? `a ${protocol} address` : origin
}
