import { isLoopback } from './loopback.js'

/**
 * Whether this address may be talked to as far as encryption goes: https: always, http: on this machine, or anywhere
 * when the user has said so. Holds for every address that a server names, too: a redirect, an endpoint event, an
 * authorization server.
 * @param allowHttp `--allow-http`
 */
export function isTransportAllowed(url: URL, allowHttp: boolean): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && (allowHttp || isLoopback(url)))
}

/** Why not, and what to do, for an address that {@link isTransportAllowed} refuses. */
export const whyNotHttp =
  'everybody on the way could read the token and the messages and change them; ' +
  'use https:, or add --allow-http if the network in between can be trusted'
