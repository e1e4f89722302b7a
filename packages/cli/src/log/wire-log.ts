import type { FetchLike } from '@mcp-tether/client'
import { fingerprint } from './fingerprint.js'
import type { Log } from './log.js'
import { printable } from './printable.js'

/**
 * Logs every exchange with the server, two lines each:
 *
 *     → POST tools/call #3 (session 9f3a02b1)
 *     ← 404 tools/call #3 in 4 ms
 *
 * It belongs between the engine and the upstream fetch, where the engine's own requests pass too. It shows methods,
 * ids and statuses, never a body, a header's value or a session id.
 */
export function withWireLog(log: Log): (next: FetchLike) => FetchLike {
  const logged = async (next: FetchLike, url: string | URL, init?: RequestInit): Promise<Response> => {
    const method = init?.method ?? 'GET'
    const session = new Headers(init?.headers).get('mcp-session-id')
    const what = describeBody(init?.body)
    const of = session === null ? '' : ` (session ${fingerprint(session)})`
    log.detail(`→ ${method}${what}${of}`)
    const start = performance.now()
    const elapsed = (): string => `${Math.round(performance.now() - start)} ms`
    const name = what === '' ? ` ${method}` : what
    try {
      const response = await next(url, init)
      const stream = response.headers.get('content-type')?.startsWith('text/event-stream') ? ', event stream' : ''
      log.detail(`← ${response.status}${name} in ${elapsed()}${stream}`)
      return response
    } catch (error) {
      log.detail(`← ${printable(reason(error))}${name} after ${elapsed()}`)
      throw error
    }
  }
  // Asked each time: a host may set its level at any time.
  return (next) => (url, init) => (log.verbose ? logged(next, url, init) : next(url, init))
}

function describeBody(body: RequestInit['body']): string {
  if (typeof body !== 'string') return ''
  let message: unknown
  try {
    message = JSON.parse(body)
  } catch {
    return ''
  }
  if (Array.isArray(message)) return ` batch of ${message.length}`
  if (typeof message !== 'object' || message === null) return ''
  const { method, id } = message as { method?: unknown; id?: unknown }
  const number = typeof id === 'number' || typeof id === 'string' ? ` #${printable(String(id), 40)}` : ''
  return typeof method === 'string' ? ` ${printable(method, 80)}${number}` : ` answer${number}`
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return 'aborted'
  const { code } = (error.cause ?? {}) as { code?: unknown }
  return typeof code === 'string' ? code : error.name === 'AbortError' ? 'aborted' : error.message
}
