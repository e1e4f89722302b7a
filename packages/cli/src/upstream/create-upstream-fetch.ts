import type { FetchLike } from '@mcp-tether/client'
import { createAgents, type AgentsOptions } from './agents.js'
import { createDestinations } from './destinations.js'
import { fetchFailed } from './failure.js'
import { encodeBody } from './request-body.js'
import { send } from './send.js'

export interface UpstreamOptions extends AgentsOptions {
  /** Longest time until a connection stands, name look-up, proxy and TLS handshake included. @default 30_000 */
  readonly connectTimeout?: number
  /**
   * Longest time from the sending of a request until the answer begins. What asks for an event stream only may wait for
   * its first event. 0: no limit, since a server that answers with JSON begins when the tool has ended, and a tool may
   * take an hour. @default 0
   */
  readonly headersTimeout?: number
  /**
   * Longest time that an event stream may bring nothing, not even a comment, while somebody reads it. 0: no limit, since
   * not every server sends keep-alives. @default 0
   */
  readonly idleTimeout?: number
  /** Whether http: is allowed to other machines than this. @default false */
  readonly allowHttp?: boolean
}

export interface Upstream {
  readonly fetch: FetchLike
  /** Closes every connection at once. */
  readonly close: () => void
}

/**
 * A `fetch` over `node:http` and `node:https` for one MCP server: connections are kept, bodies stream with
 * back-pressure, nothing is retried, redirects are not followed (a 3xx is returned as it is), and no answer can take
 * too long unless the options say so. It costs a third of the memory of the platform's own and has none of its body
 * timeouts.
 *
 * It rejects with a `TypeError` that begins with "fetch failed", whose cause says how far the request came (see
 * `UpstreamFailure`), or with the signal's reason.
 */
export function createUpstreamFetch(options: UpstreamOptions = {}): Upstream {
  const agents = createAgents(options)
  const { connectTimeout = 30_000, headersTimeout = 0, idleTimeout = 0, allowHttp = false } = options
  const limits = { connectTimeout, headersTimeout, idleTimeout }
  const destinationOf = createDestinations(agents, allowHttp)
  return {
    async fetch(input, init = {}) {
      const found = destinationOf(input)
      if (found instanceof Error) throw fetchFailed(found, { sent: false, reusedSocket: false })
      init.signal?.throwIfAborted()
      const destination = found instanceof Promise ? await found : found
      const encoded = encodeBody(init.body)
      const body = encoded instanceof Promise ? await encoded : encoded
      // One turn of the event loop: a server that has just died has closed the connections that we kept, and what goes
      // out on one of them before that is noticed is of unknown outcome.
      await nextTurn()
      init.signal?.throwIfAborted()
      return send({ destination, init, body, limits })
    },
    close() {
      agents.destroy()
    },
  }
}

/** One for all requests that are made in the same turn. */
let turn: Promise<void> | undefined

function nextTurn(): Promise<void> {
  return (turn ??= new Promise((resolve) => {
    setImmediate(() => {
      turn = undefined
      resolve()
    })
  }))
}
