import type { Agents, Route } from './agents.js'
import { refusedBeforeSending } from './refused-before-sending.js'
import { requestTarget, type RequestTarget } from './request-target.js'

/** An address that may be asked, and how. */
export interface Destination {
  readonly url: URL
  readonly target: RequestTarget
  readonly route: Route
}

/** Beyond this many addresses, which nobody has, they are looked at anew. */
const maxDestinations = 100

/**
 * Finds out once for each address what is the same for all its requests. It gives a promise only where something has to
 * be loaded, and an error for an address that must not be asked.
 */
export function createDestinations(
  agents: Agents,
  allowHttp: boolean,
): (input: string | URL) => Destination | Error | Promise<Destination> {
  const known = new Map<string, Destination>()
  return (input) => {
    const href = typeof input === 'string' ? input : input.href
    const found = known.get(href)
    if (found) return found
    const url = new URL(href)
    const refusal = refusedBeforeSending(url, allowHttp)
    if (refusal) return refusal
    const take = (route: Route): Destination => {
      const destination = { url, target: requestTarget(url), route }
      if (known.size >= maxDestinations) known.clear()
      known.set(href, destination)
      return destination
    }
    const route = agents.for(url)
    return route instanceof Promise ? route.then(take) : take(route)
  }
}
