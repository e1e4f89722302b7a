import * as http from 'node:http'
import * as https from 'node:https'
import { abandon } from './abandon.js'
import type { Destination } from './destinations.js'
import { codedError, fetchFailed } from './failure.js'
import { forwarded } from './proxy/forward.js'
import { proxyRefused } from './proxy/proxy-failure.js'
import type { EncodedBody } from './request-body.js'
import { requestHeaders } from './request-headers.js'
import { rawHeaders } from './request-target.js'
import { isHandshakeRefusal } from './tls/handshake-refusal.js'
import { toResponse } from './to-response.js'
import { watchConnection } from './watch-connection.js'
import { watchForAnswer } from './watch-for-answer.js'

/** In milliseconds; 0 is none, where that is allowed. */
export interface Limits {
  readonly connectTimeout: number
  readonly headersTimeout: number
  readonly idleTimeout: number
}

export interface Sending {
  readonly destination: Destination
  readonly init: RequestInit
  readonly body: EncodedBody | undefined
  readonly limits: Limits
}

/** One request, sent once. Resolves when the answer begins. */
export function send({ destination, init, body, limits }: Sending): Promise<Response> {
  return new Promise((resolve, reject) => {
    const { url, target, route } = destination
    const method = (init.method ?? 'GET').toUpperCase()
    const { agent, proxy, tunnelled = false } = route
    const forwarder = tunnelled ? undefined : proxy
    const headers = requestHeaders(init, method, body)
    const secure = (forwarder?.url ?? url).protocol === 'https:'
    const { request: open } = secure ? https : http
    const request = forwarder
      ? open({ ...forwarded(url, headers, forwarder), method, agent })
      : open({ ...target.options, method, headers: rawHeaders(headers, target), agent })
    const connection = watchConnection(request, { secure, tunnelled, timeoutMs: limits.connectTimeout })
    const answer = watchForAnswer(request, headers.accept, limits.headersTimeout)
    const signal = init.signal ?? undefined

    let settled = false
    const settle = (): void => {
      settled = true
      connection.stop()
      answer.stop()
      signal?.removeEventListener('abort', onAbort)
    }
    const onAbort = (): void => {
      settle()
      reject(signal?.reason as Error)
      abandon(request)
    }
    const fail = (error: Error): void => {
      if (settled) return
      settle()
      const { reusedSocket } = request
      const sent = connection.established && (reusedSocket || !isHandshakeRefusal(error))
      if (proxy && !connection.established && !(tunnelled && isBeyondProxy(error))) {
        Object.assign(error, { proxy: proxy.name })
      }
      reject(fetchFailed(error, { sent, reusedSocket }))
    }

    signal?.addEventListener('abort', onAbort, { once: true })
    request.on('error', fail)
    request.on('close', () => {
      if (!settled) fail(codedError('UND_ERR_SOCKET', 'the server closed the connection without an answer'))
    })
    request.on('response', (message) => {
      settle()
      const { reusedSocket } = request
      const { statusCode: status = 0, statusMessage: statusText = '' } = message
      const refusal = refusedAnswer(init, status)
      if (refusal || (forwarder && status === 407)) {
        const error = refusal ?? Object.assign(proxyRefused({ status, statusText }), { proxy: forwarder?.name })
        reject(fetchFailed(error, { sent: refusal !== undefined, reusedSocket }))
        request.destroy()
        return
      }
      try {
        resolve(
          toResponse(message, {
            url,
            method,
            reusedSocket,
            signal,
            accept: headers.accept,
            idleTimeout: limits.idleTimeout,
          }),
        )
      } catch (error) {
        const cause = error instanceof Error ? error : new Error(String(error))
        reject(fetchFailed(cause, { sent: true, reusedSocket }))
        request.destroy()
      }
    })
    request.end(body?.bytes)
  })
}

/** The agent itself names the proxy where that is to blame; all that it can't see is that time has run out. */
function isBeyondProxy(error: Error): boolean {
  return (error as { code?: unknown }).code !== 'UND_ERR_CONNECT_TIMEOUT'
}

function refusedAnswer({ redirect }: RequestInit, status: number): Error | undefined {
  const isRedirect = status === 301 || status === 302 || status === 303 || status === 307 || status === 308
  return redirect === 'error' && isRedirect ? codedError('UND_ERR_REDIRECT', 'unexpected redirect') : undefined
}
