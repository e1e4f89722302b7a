import { lastEventData } from '../wire/sse.js'
import type { FetchLike } from './options.js'

/** A request as the in-process server saw it. */
export interface Seen {
  readonly url: string
  readonly method: string
  readonly headers: Headers
  readonly body: string
  readonly message: {
    readonly id?: string | number
    readonly method?: string
    readonly params?: Record<string, unknown>
  }
  readonly init: RequestInit
}

/** What a redeploy may change. */
export interface ServerSettings {
  /** It mints no session ids, and refuses the ones that it minted before. */
  stateless: boolean
  /** It answers this protocol version instead of the one it is asked for. */
  version: string | undefined
  /** Members of its `InitializeResult` that are others. */
  initializeResult: Readonly<Record<string, unknown>>
}

export type Answer = Response | undefined | Promise<Response | undefined>

/**
 * A server that keeps sessions, as a `fetch`: for tests that have to hold a single step of it. `intercept` may answer
 * in its place. What only shows on a socket is tested in `test/`, against real servers.
 */
export function inProcessServer(intercept: (seen: Seen) => Answer = () => undefined) {
  const log: Seen[] = []
  let known = new Set<string>()
  let minted = 0
  const settings: ServerSettings = { stateless: false, version: undefined, initializeResult: {} }

  const answer = (seen: Seen): Answer => {
    const { method, message, headers } = seen
    const sessionId = headers.get('mcp-session-id')
    if (settings.stateless && method === 'POST') {
      if (message.method === 'initialize') return initialized(message, settings)
      if (message.id === undefined) return new Response(null, { status: 202 })
      if (sessionId !== null) return lost()
      return json(200, { jsonrpc: '2.0', id: message.id, result: { on: 'no session' } })
    }
    if (message.method === 'initialize') {
      const id = `session-${String(++minted)}`
      known.add(id)
      return initialized(message, settings, { 'mcp-session-id': id })
    }
    if (sessionId === null && method === 'POST') {
      return json(400, { error: 'Bad Request: Mcp-Session-Id header is required' })
    }
    if (sessionId === null || !known.has(sessionId)) return lost()
    if (method === 'DELETE') {
      known.delete(sessionId)
      return new Response(null, { status: 200 })
    }
    if (method === 'GET') return new Response('', { headers: { 'content-type': 'text/event-stream' } })
    if (message.id === undefined || message.method === undefined) return new Response(null, { status: 202 })
    return json(200, { jsonrpc: '2.0', id: message.id, result: { on: sessionId, params: message.params } })
  }

  const fetch: FetchLike = async (url, init = {}) => {
    const body = await textOf(init.body)
    const seen: Seen = {
      url: String(url),
      method: init.method ?? 'GET',
      headers: new Headers(init.headers),
      body,
      message: body === '' ? {} : (JSON.parse(body) as Seen['message']),
      init,
    }
    log.push(seen)
    init.signal?.throwIfAborted()
    return (await intercept(seen)) ?? (await answer(seen)) ?? lost()
  }

  return {
    fetch,
    log,
    settings,
    /** The requests in short, for comparing: HTTP or JSON-RPC method and the session id's number. */
    lines: () => log.map(lineOf),
    /** It knows this session no more; without an id: a fresh process, which knows none. */
    forget: (id?: string) => {
      if (id === undefined) known = new Set()
      else known.delete(id)
    },
    knows: (id: string) => known.has(id),
  }
}

function initialized({ id, params }: Seen['message'], settings: ServerSettings, headers = {}): Response {
  const protocolVersion = settings.version ?? params?.protocolVersion
  const serverInfo = { name: 's', version: '1' }
  const result = { protocolVersion, capabilities: {}, serverInfo, ...settings.initializeResult }
  return json(200, { jsonrpc: '2.0', id, result }, headers)
}

async function textOf(body: RequestInit['body']): Promise<string> {
  const isNoMessage = [ReadableStream, FormData, URLSearchParams].some((form) => body instanceof form)
  return isNoMessage ? '' : new Response(body ?? null).text()
}

function lineOf({ method, message, headers }: Seen): string {
  const what = method === 'POST' ? (message.method ?? 'response') : method
  const session = headers.get('mcp-session-id')?.replace('session-', '')
  return session === undefined ? what : `${what} ${session}`
}

export function lost(): Response {
  return json(404, { jsonrpc: '2.0', error: { code: -32001, message: 'Session not found' }, id: null })
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } })
}

export const endpoint = 'http://server.test/mcp'

export const initializeParams = {
  protocolVersion: '2025-11-25',
  capabilities: { roots: {} },
  clientInfo: { name: 'client', version: '1' },
}

/** A client reduced to its requests. */
export function clientOf(fetch: FetchLike, url = endpoint) {
  let sessionId: string | undefined
  let ids = 0
  const headersOf = (extra: Record<string, string>) => ({
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    ...(sessionId === undefined ? {} : { 'mcp-session-id': sessionId, 'mcp-protocol-version': '2025-11-25' }),
    ...extra,
  })
  const post = (message: object, extra: Record<string, string> = {}, init: RequestInit = {}) =>
    fetch(url, {
      method: 'POST',
      headers: headersOf(extra),
      body: JSON.stringify({ jsonrpc: '2.0', ...message }),
      ...init,
    })
  return {
    post,
    get sessionId() {
      return sessionId
    },
    async connect(extra: Record<string, string> = {}) {
      const response = await post({ id: 'init', method: 'initialize', params: initializeParams }, extra)
      sessionId = response.headers.get('mcp-session-id') ?? undefined
      await response.text()
      await post({ method: 'notifications/initialized' }, extra)
      return response
    },
    async call(params: object = {}, extra: Record<string, string> = {}, init: RequestInit = {}) {
      const id = ++ids
      const response = await post({ id, method: 'tools/call', params }, extra, init)
      const text = await response.text()
      return {
        id,
        response,
        status: response.status,
        answer: text === '' ? undefined : (JSON.parse(lastEventData(text) ?? text) as unknown),
      }
    },
    send: (method: string, extra: Record<string, string> = {}) => fetch(url, { method, headers: headersOf(extra) }),
  }
}

/** A promise and the means to settle it. */
export function gate<T = undefined>() {
  let open: (value: T) => void = () => undefined
  const opened = new Promise<T>((resolve) => (open = resolve))
  return { opened, open }
}

/** A server whose answer to the second `initialize` is held: `asked` opens when it has come, `held` lets it be answered. */
export function serverWithHeldRenewal() {
  const held = gate()
  const asked = gate()
  let initializes = 0
  const server = inProcessServer(async ({ message }) => {
    if (message.method === 'initialize' && ++initializes === 2) {
      asked.open(undefined)
      await held.opened
    }
    return undefined
  })
  return { server, asked, held }
}
