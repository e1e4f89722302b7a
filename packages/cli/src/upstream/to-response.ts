import type { IncomingMessage } from 'node:http'
import { bodyStream } from './body-stream.js'
import { decoded } from './content-decoding.js'
import { watchSilence } from './watch-silence.js'
import { SocketResponse } from './socket-response.js'

/** Statuses that must not have a body (Fetch Standard, "null body status"). */
const nullBodyStatuses: ReadonlySet<number> = new Set([204, 205, 304])

export interface Exchange {
  readonly url: URL
  readonly method: string
  readonly reusedSocket: boolean
  readonly signal: AbortSignal | undefined
  /** Longest silence of an event stream, in milliseconds; 0: any. */
  readonly idleTimeout: number
  /** What the request asked for. */
  readonly accept: unknown
}

/** Node's answer as a web `Response`. Throws what the constructor throws, e.g. for a status beyond 599. */
export function toResponse(message: IncomingMessage, exchange: Exchange): Response {
  const { url, method, reusedSocket, signal, idleTimeout } = exchange
  const status = message.statusCode ?? 0
  if (isOrdinary(message, exchange)) {
    return new SocketResponse({ message, source: message, reusedSocket, signal }, url.href, message.rawHeaders)
  }
  const headers = responseHeaders(message)
  const init = { status, statusText: message.statusMessage ?? '', headers }
  let response: Response
  if (nullBodyStatuses.has(status) || method === 'HEAD' || message.headers['content-length'] === '0') {
    response = new Response(null, init)
    message.on('error', () => undefined)
    message.resume()
  } else {
    const plain = decoded(message)
    if (plain) {
      headers.delete('content-encoding')
      headers.delete('content-length')
    }
    watchSilence(message, idleTimeout)
    response = new Response(bodyStream(plain ?? message, message, reusedSocket, signal), init)
  }
  // The constructor has no way to set it, and callers resolve relative addresses against it.
  Object.defineProperty(response, 'url', { value: url.href })
  return response
}

/**
 * The answer to a message of MCP, with a body as it is: all but a few. Others may reach code that wants the platform's
 * own, or are watched while they are read.
 */
function isOrdinary({ statusCode, headers }: IncomingMessage, { method, accept, idleTimeout }: Exchange): boolean {
  return (
    method !== 'HEAD' &&
    (statusCode === 200 || statusCode === 202) &&
    headers['content-length'] !== '0' &&
    headers['content-encoding'] === undefined &&
    (idleTimeout === 0 || !/event-stream/i.test(headers['content-type'] ?? '')) &&
    typeof accept === 'string' &&
    accept.includes('text/event-stream')
  )
}

function responseHeaders(message: IncomingMessage): Headers {
  const headers = new Headers()
  const raw = message.rawHeaders
  for (let index = 0; index + 1 < raw.length; index += 2) headers.append(raw[index] ?? '', raw[index + 1] ?? '')
  return headers
}
