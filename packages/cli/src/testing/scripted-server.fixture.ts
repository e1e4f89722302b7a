import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request that a scripted server has received whole. */
export interface Received {
  readonly method: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
  /** The body as JSON, or an empty object. */
  readonly message: { readonly method?: string; readonly id?: unknown; readonly params?: unknown }
  readonly response: ServerResponse
  readonly request: IncomingMessage
}

export type Script = (received: Received) => unknown

export interface ScriptedServer {
  readonly url: URL
  readonly received: readonly Received[]
  /** The first request that matches, received already or still to come. */
  readonly request: (matches: (received: Received) => boolean) => Promise<Received>
  readonly close: () => Promise<void>
}

/** A real HTTP server whose every answer is written by the test. */
export async function startScriptedServer(script: Script): Promise<ScriptedServer> {
  const received: Received[] = []
  const waiters = new Set<() => void>()
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8')
      const one = {
        method: request.method ?? '',
        headers: request.headers,
        body,
        message: parse(body),
        response,
        request,
      }
      received.push(one)
      for (const waiter of waiters) waiter()
      script(one)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`),
    received,
    async request(matches) {
      for (;;) {
        const found = received.find(matches)
        if (found) return found
        await new Promise<void>((resolve) => {
          const waiter = (): void => {
            waiters.delete(waiter)
            resolve()
          }
          waiters.add(waiter)
        })
      }
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export function json(
  response: ServerResponse,
  value: unknown,
  status = 200,
  headers: Record<string, string> = {},
): void {
  const body = typeof value === 'string' ? value : JSON.stringify(value)
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
}

/** Starts an event stream; write events to it with `event()`. */
export function openEvents(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.flushHeaders()
}

export function event(data: string, id?: string): string {
  const lines = data.split('\n').map((line) => `data: ${line}\n`)
  return `${id === undefined ? '' : `id: ${id}\n`}${lines.join('')}\n`
}

export const initializeLine =
  '{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}'
export const initializedLine = '{"jsonrpc":"2.0","method":"notifications/initialized"}'

/** A server that does the ordinary part of MCP: session `s-secret-session-1`, no standalone stream. */
export function mcpScript(call: Script, session = 's-secret-session-1'): Script {
  return (received) => {
    const { method, message, response } = received
    if (method === 'DELETE') response.writeHead(200).end()
    else if (method === 'GET') response.writeHead(405).end()
    else if (message.method === 'initialize') {
      const result = { protocolVersion: '2025-06-18', capabilities: {}, serverInfo: { name: 'scripted', version: '1' } }
      json(response, { jsonrpc: '2.0', id: message.id, result }, 200, { 'mcp-session-id': session })
    } else if (message.method === 'notifications/initialized') response.writeHead(202).end()
    else return call(received)
    return undefined
  }
}

function parse(body: string): Received['message'] {
  try {
    return JSON.parse(body) as Received['message']
  } catch {
    return {}
  }
}
