import { randomUUID } from 'node:crypto'
import type { FetchLike } from '@mcp-tether/client'

export interface ServerSettings {
  /** How a `tools/call` is answered. */
  readonly answersAs: 'json' | 'sse'
  /** The size of a tool's text, in bytes. */
  readonly resultBytes: number
  /** How long every answer takes, in milliseconds. @default 0 */
  readonly latencyMs?: number
}

interface Message {
  readonly id?: string | number
  readonly method?: string
  readonly params?: { readonly protocolVersion?: string }
}

/** What a socket brings at a time, at most. */
const chunkBytes = 16 * 1024

/** An MCP server as a `fetch`: nothing of what is measured is the network's. */
export function inProcessServer({ answersAs, resultBytes, latencyMs = 0 }: ServerSettings) {
  const known = new Set<string>()
  const text = 'x'.repeat(resultBytes)

  const answer = (init: RequestInit): Response => {
    const headers = new Headers(init.headers)
    const sessionId = headers.get('mcp-session-id') ?? undefined
    if (init.method === 'GET') return sessionId === undefined ? status(405) : standaloneStream()
    if (init.method === 'DELETE') return status(sessionId !== undefined && known.delete(sessionId) ? 200 : 404)
    const message = JSON.parse(init.body as string) as Message
    if (message.method === 'initialize') return initialized(message, known)
    if (sessionId === undefined || !known.has(sessionId)) return lost()
    if (message.id === undefined) return status(202)
    const result = message.method === 'tools/list' ? { tools } : { content: [{ type: 'text', text }] }
    const body = JSON.stringify({ jsonrpc: '2.0', id: message.id, result })
    return answersAs === 'json' ? json(200, body, sessionId) : eventStream(body, sessionId)
  }

  const fetch: FetchLike = async (_url, init = {}) => {
    if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs))
    return answer(init)
  }
  return {
    fetch,
    /** A fresh process: it knows no session. */
    forget: () => {
      known.clear()
    },
  }
}

const tools = Array.from({ length: 10 }, (_, at) => ({
  name: `tool-${String(at)}`,
  inputSchema: { type: 'object' },
  annotations: { readOnlyHint: at % 2 === 0 },
}))

function initialized({ id, params }: Message, known: Set<string>): Response {
  const sessionId = randomUUID()
  known.add(sessionId)
  const serverInfo = { name: 'bench', version: '0.0.0' }
  const result = { protocolVersion: params?.protocolVersion, capabilities: { tools: {} }, serverInfo }
  return json(200, JSON.stringify({ jsonrpc: '2.0', id, result }), sessionId)
}

function lost(): Response {
  const error = { code: -32001, message: 'Session not found' }
  return json(404, JSON.stringify({ jsonrpc: '2.0', error, id: null }))
}

function status(code: number): Response {
  return new Response(null, { status: code })
}

function json(code: number, body: string, sessionId?: string): Response {
  const headers = { 'content-type': 'application/json', ...(sessionId && { 'mcp-session-id': sessionId }) }
  return new Response(body, { status: code, headers })
}

function eventStream(message: string, sessionId: string): Response {
  const bytes = new TextEncoder().encode(`event: message\ndata: ${message}\n\n`)
  let sent = 0
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(bytes.subarray(sent, sent + chunkBytes))
      sent += chunkBytes
      if (sent >= bytes.length) controller.close()
    },
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream', 'mcp-session-id': sessionId } })
}

/** A stream on which nothing is said. */
function standaloneStream(): Response {
  return new Response(new ReadableStream<Uint8Array>(), { headers: { 'content-type': 'text/event-stream' } })
}
