import type { IncomingMessage } from 'node:http'
import { bodyStream } from './body-stream.js'
import { decoded } from './content-decoding.js'
import { watchSilence } from './watch-silence.js'

/** Statuses that must not have a body (Fetch Standard, "null body status"). */
const nullBodyStatuses: ReadonlySet<number> = new Set([204, 205, 304])

export interface Exchange {
  readonly url: URL
  readonly method: string
  readonly reusedSocket: boolean
  readonly signal: AbortSignal | undefined
  /** Longest silence of an event stream, in milliseconds; 0: any. */
  readonly idleTimeout: number
}

/** Node's answer as a web `Response`. Throws what the constructor throws, e.g. for a status beyond 599. */
export function toResponse(
  message: IncomingMessage,
  { url, method, reusedSocket, signal, idleTimeout }: Exchange,
): Response {
  const status = message.statusCode ?? 0
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

function responseHeaders(message: IncomingMessage): Headers {
  const headers = new Headers()
  const raw = message.rawHeaders
  for (let index = 0; index + 1 < raw.length; index += 2) headers.append(raw[index] ?? '', raw[index + 1] ?? '')
  return headers
}
