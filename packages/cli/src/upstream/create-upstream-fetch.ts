import * as http from 'node:http'
import * as https from 'node:https'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { FetchLike } from '@mcp-tether/client'
import { createAgents, type Agents } from './agents.js'
import { codedError, fetchFailed } from './failure.js'
import { encodeBody, type EncodedBody } from './request-body.js'
import { requestHeaders } from './request-headers.js'
import { toResponse } from './to-response.js'
import { watchConnection } from './watch-connection.js'

export interface UpstreamOptions {
  /** Longest time until a connection stands, name look-up and TLS handshake included. @default 30_000 */
  readonly connectTimeout?: number
}

export interface Upstream {
  readonly fetch: FetchLike
  /** Closes every connection at once. */
  readonly close: () => void
}

/**
 * A `fetch` over `node:http` and `node:https` for one MCP server: connections are kept, bodies stream with
 * back-pressure, nothing is retried, redirects are not followed (a 3xx is returned as it is), and no answer can take
 * too long. It costs a third of the memory of the platform's own and has none of its body timeouts.
 *
 * It rejects with `TypeError('fetch failed')`, whose cause says how far the request came (see `UpstreamFailure`), or
 * with the signal's reason.
 */
export function createUpstreamFetch(options: UpstreamOptions = {}): Upstream {
  const agents = createAgents()
  const connectTimeout = options.connectTimeout ?? 30_000
  return {
    async fetch(input, init = {}) {
      const url = new URL(input)
      if (url.protocol !== 'http:' && url.protocol !== 'https:') {
        throw new TypeError(`fetch failed: ${url.protocol} is not http: or https:`)
      }
      init.signal?.throwIfAborted()
      const body = await encodeBody(init.body)
      // One turn of the event loop: a server that has just died has closed the connections that we kept, and what goes
      // out on one of them before that is noticed is of unknown outcome.
      await nextTurn()
      init.signal?.throwIfAborted()
      return send({ url, init, body, agents, connectTimeout })
    },
    close() {
      agents.destroy()
    },
  }
}

interface Sending {
  readonly url: URL
  readonly init: RequestInit
  readonly body: EncodedBody | undefined
  readonly agents: Agents
  readonly connectTimeout: number
}

function send({ url, init, body, agents, connectTimeout }: Sending): Promise<Response> {
  return new Promise((resolve, reject) => {
    const method = (init.method ?? 'GET').toUpperCase()
    const secure = url.protocol === 'https:'
    const headers = requestHeaders(init, method, body)
    const request = (secure ? https : http).request(url, { method, headers, agent: agents.for(url) })
    const connection = watchConnection(request, secure, connectTimeout)
    const signal = init.signal ?? undefined

    const onAbort = (): void => {
      reject(signal?.reason as Error)
      request.destroy()
    }
    let settled = false
    const settle = (): void => {
      settled = true
      connection.stop()
      signal?.removeEventListener('abort', onAbort)
    }
    const fail = (error: Error): void => {
      settle()
      reject(fetchFailed(error, { sent: connection.established, reusedSocket: request.reusedSocket }))
    }

    signal?.addEventListener('abort', onAbort, { once: true })
    request.on('error', fail)
    request.on('close', () => {
      if (!settled) fail(codedError('UND_ERR_SOCKET', 'the server closed the connection without an answer'))
    })
    request.on('response', (message) => {
      settle()
      if (init.redirect === 'error' && isRedirect(message.statusCode)) {
        reject(new TypeError('fetch failed', { cause: codedError('UND_ERR_REDIRECT', 'unexpected redirect') }))
        request.destroy()
        return
      }
      try {
        resolve(toResponse(message, { url, method, reusedSocket: request.reusedSocket, signal }))
      } catch (error) {
        fail(error instanceof Error ? error : new Error(String(error)))
        request.destroy()
      }
    })
    request.end(body?.bytes)
  })
}

function isRedirect(status: number | undefined): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308
}
