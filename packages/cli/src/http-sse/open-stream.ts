import type { FetchLike } from '@mcp-tether/client'
import { contentType } from '../bridge/describe-refusal.js'
import type { SpoolSpace } from '../bridge/large/spool-space.js'
import { readEvents, type StreamEvent } from '../bridge/read-events.js'
import { codedError, fetchFailed } from '../upstream/failure.js'
import { readEndpoint } from './endpoint.js'
import { endpointTimeoutMs } from './limits.js'

/** What the stream tells beside its messages. */
export interface StreamSigns {
  readonly onRetry: (ms: number) => void
  readonly onComment: () => void
}

/** What came of opening the event stream of a server. */
export type OpenedStream =
  | {
      readonly kind: 'opened'
      readonly endpoint: URL
      /** What comes after the `endpoint` event. Leaving the loop ends the stream. */
      readonly events: AsyncGenerator<StreamEvent, void, undefined>
    }
  /** It answered something else than an event stream. */
  | { readonly kind: 'refused'; readonly response: Response }

export interface OpenStreamOptions {
  readonly url: URL
  readonly fetch: FetchLike
  /** Of the `initialize`: credentials go along. */
  readonly headers: RequestInit['headers']
  readonly signs: StreamSigns
  /** Where a message goes that is too large to be held. */
  readonly space: SpoolSpace
  /** Ends the stream, also later. */
  readonly life: AbortController
  /** True where it is only tried: then the answer to the GET must come in time as well, and not only the event. */
  readonly isProbe: boolean
}

/**
 * Opens the event stream and waits for its first event, `endpoint` (MCP 2024-11-05, Transports, HTTP with SSE). Rejects
 * as `fetch` does; a stream without that event has the code `SSE_NO_ENDPOINT`, one with a bad one `SSE_BAD_ENDPOINT`.
 */
export async function openStream({
  url,
  fetch,
  headers,
  signs,
  space,
  life,
  isProbe,
}: OpenStreamOptions): Promise<OpenedStream> {
  const late = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const startTimer = (): void => {
    timer ??= setTimeout(() => {
      late.abort()
      life.abort()
    }, endpointTimeoutMs)
    timer.unref()
  }
  const own = new Headers(headers)
  for (const name of ['content-type', 'mcp-session-id']) own.delete(name)
  own.set('accept', 'text/event-stream')
  if (isProbe) startTimer()
  try {
    const response = await fetch(url, { method: 'GET', headers: own, signal: life.signal, redirect: 'manual' })
    if (!response.ok || contentType(response) !== 'text/event-stream' || !response.body) {
      return { kind: 'refused', response }
    }
    startTimer()
    const events = readEvents(response.body, { ...signs, space })
    const first = await events.next()
    if (first.done) throw fault('UND_ERR_SOCKET', 'the event stream ended before its endpoint event')
    if (first.value.event !== 'endpoint') {
      void events.return()
      throw fault('SSE_NO_ENDPOINT', 'the event stream does not begin with an endpoint event')
    }
    const named = await first.value.data.take()
    const endpoint = readEndpoint(
      typeof named === 'string' ? named : '',
      response.url === '' ? url : new URL(response.url),
    )
    if (endpoint instanceof URL) return { kind: 'opened', endpoint, events }
    void events.return()
    throw fault('SSE_BAD_ENDPOINT', endpoint)
  } catch (error) {
    if (!late.signal.aborted) throw error
    throw fault('SSE_NO_ENDPOINT', `no endpoint event came within ${endpointTimeoutMs / 1000} s`)
  } finally {
    clearTimeout(timer)
  }
}

function fault(code: string, message: string): TypeError {
  const lasting = code === 'SSE_BAD_ENDPOINT'
  return fetchFailed(Object.assign(codedError(code, message), { lasting }), { sent: true, reusedSocket: false })
}

/** The code of an error that {@link openStream} rejects with, if it is one of its own. */
export function streamFault(error: unknown): 'SSE_NO_ENDPOINT' | 'SSE_BAD_ENDPOINT' | undefined {
  const { code } = ((error instanceof Error ? error.cause : undefined) ?? {}) as { code?: unknown }
  return code === 'SSE_NO_ENDPOINT' || code === 'SSE_BAD_ENDPOINT' ? code : undefined
}
