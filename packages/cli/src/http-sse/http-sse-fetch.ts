import { randomUUID } from 'node:crypto'
import type { FetchLike } from '@mcp-tether/client'
import { initializeIn } from '../bridge/initialize-in.js'
import { SpoolSpace } from '../bridge/large/spool-space.js'
import { maxSpooledBytes } from '../bridge/limits.js'
import { wait } from '../bridge/wait.js'
import type { Log } from '../log/log.js'
import { wantsSignIn } from './fallback.js'
import { maxRetryMs } from './limits.js'
import { openStream, streamFault } from './open-stream.js'
import { methodNotAllowed, sessionGone, sessionRequired, streamTaken } from './responses.js'
import { SseSession } from './sse-session.js'

export interface HttpSseOptions {
  /** Where the event stream is. */
  readonly url: URL
  /** What requests go out by. */
  readonly fetch: FetchLike
  readonly log: Log
}

/** A server of the HTTP+SSE transport, to be spoken to as if it were one of Streamable HTTP with sessions. */
export interface HttpSse {
  readonly fetch: FetchLike
  /** Sends an `initialize` to a server that may be one. `undefined`: it is none. */
  readonly probe: (init: RequestInit) => Promise<Response | undefined>
}

/**
 * Presents a server of HTTP+SSE (MCP 2024-11-05) as one of Streamable HTTP with sessions, so that the engine above
 * needs to know of one transport only. `initialize` opens the event stream and is answered with a session id of our
 * own; when the stream ends, the session has ended with it: open requests break off, and the id is answered 404 from
 * then on.
 */
export function createHttpSse({ url, fetch, log }: HttpSseOptions): HttpSse {
  const sessions = new Map<string, SseSession>()
  const space = new SpoolSpace(maxSpooledBytes)
  /** When the next stream may be opened, as `performance.now()` counts: the server's `retry` after its last one. */
  let notBefore = 0

  async function initialize(init: RequestInit, attempt: Attempt): Promise<Response> {
    const caller = init.signal ?? undefined
    const life = new AbortController()
    const leave = (): void => {
      life.abort(caller?.reason)
    }
    caller?.throwIfAborted()
    caller?.addEventListener('abort', leave, { once: true })
    try {
      await wait(notBefore - performance.now(), life.signal)
      return await begin(init, attempt, life)
    } catch (error) {
      caller?.throwIfAborted()
      throw error
    } finally {
      caller?.removeEventListener('abort', leave)
    }
  }

  async function begin(init: RequestInit, attempt: Attempt, life: AbortController): Promise<Response> {
    const id = randomUUID()
    const made: { session?: SseSession; retryMs: number } = { retryMs: 0 }
    const signs = {
      onRetry: (ms: number) => {
        made.retryMs = Math.min(ms, maxRetryMs)
      },
      onComment: () => made.session?.stayAlive(),
    }
    const { headers } = init
    const opened = await openStream({ url, fetch, headers, signs, space, life, isProbe: attempt.isProbe })
    if (opened.kind === 'refused') return opened.response
    attempt.hasEndpoint = true
    const { endpoint, events } = opened
    const onOver = (): void => {
      sessions.delete(id)
      notBefore = performance.now() + made.retryMs
    }
    const session = new SseSession({ endpoint, events, life, fetch, log, onOver })
    made.session = session
    try {
      const response = await session.post(init)
      if (!response.ok) {
        session.end()
        return response
      }
      for (const former of sessions.values()) former.retire()
      // It may have answered, and gone, already.
      if (!session.isOver) sessions.set(id, session)
      response.headers.set('mcp-session-id', id)
      return response
    } catch (error) {
      session.end()
      throw error
    }
  }

  function inSession(id: string, init: RequestInit): Promise<Response> | Response {
    const session = sessions.get(id)
    switch (init.method) {
      case 'POST':
        return session?.post(init) ?? sessionGone()
      case 'DELETE':
        session?.end()
        return session ? new Response(null, { status: 200 }) : sessionGone()
      case 'GET':
      case undefined:
        return session ? (session.listen(init.signal) ?? streamTaken()) : sessionGone()
      default:
        return methodNotAllowed()
    }
  }

  return {
    async fetch(input, init = {}) {
      if (!isSameEndpoint(new URL(input), url)) return fetch(input, init)
      const id = new Headers(init.headers).get('mcp-session-id')
      if (id !== null) return inSession(id, init)
      if (initializeIn(init)) return initialize(init, { isProbe: false })
      return init.method === 'POST' ? sessionRequired() : methodNotAllowed()
    },
    async probe(init) {
      const attempt: Attempt = { isProbe: true }
      try {
        const response = await initialize(init, attempt)
        if (attempt.hasEndpoint || wantsSignIn(response.status)) return response
        void response.body?.cancel().catch(() => undefined)
        log.detail(`no HTTP+SSE either: GET was answered ${response.status}`)
      } catch (error) {
        init.signal?.throwIfAborted()
        // With a bad endpoint it speaks HTTP+SSE all the same.
        if (attempt.hasEndpoint || streamFault(error) === 'SSE_BAD_ENDPOINT') throw error
        log.detail('no HTTP+SSE either: GET brought no event stream with an endpoint')
      }
      return undefined
    },
  }
}

/** One `initialize`, and what is known of the server by it. */
interface Attempt {
  /** True where it is only tried whether the server speaks HTTP+SSE. */
  readonly isProbe: boolean
  hasEndpoint?: boolean
}

/** Whether a request is for the server itself; sign-in traffic, for one, is not. */
export function isSameEndpoint(given: URL, url: URL): boolean {
  return given.origin === url.origin && given.pathname === url.pathname && given.search === url.search
}
