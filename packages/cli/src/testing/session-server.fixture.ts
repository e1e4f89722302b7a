import type { ServerResponse } from 'node:http'
import { json, openEvents, type Received, type Script, startScriptedServer } from './scripted-server.fixture.js'

export interface SessionServerOptions {
  /** How a request of a session is answered that the server does not know. @default 404 */
  readonly refuse?: Script
  /** May answer in the place of the server. Returns whether it did. */
  readonly intercept?: (received: Received) => boolean
  /** Whether it offers the standalone stream. @default false */
  readonly offersStream?: boolean
}

const notFound: Script = ({ response }) => response.writeHead(404).end()

/**
 * A real HTTP server that keeps sessions, forgets them, and counts: how many were made, how many live, what its tools did.
 */
export async function startSessionServer(options: SessionServerOptions = {}) {
  const { refuse = notFound, intercept, offersStream = false } = options
  const live = new Set<string>()
  const streams = new Set<ServerResponse>()
  let made = 0
  let release = 1
  let executions = 0

  const answer: Script = (received) => {
    const { method, message, headers, response } = received
    if (intercept?.(received) === true) return
    if (message.method === 'initialize') {
      const id = `s-${String(++made)}-secret-session`
      live.add(id)
      const serverInfo = { name: 'scripted', version: String(release) }
      const result = { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo }
      json(response, { jsonrpc: '2.0', id: message.id, result }, 200, { 'mcp-session-id': id })
      return
    }
    const session = String(headers['mcp-session-id'])
    if (!live.has(session)) return refuse(received)
    if (method === 'DELETE') {
      live.delete(session)
      response.writeHead(200).end()
    } else if (method === 'GET') {
      if (!offersStream) return response.writeHead(405).end()
      openEvents(response)
      streams.add(response)
      response.once('close', () => streams.delete(response))
    } else if (message.id === undefined) response.writeHead(202).end()
    else {
      if (message.method === 'tools/call') executions++
      json(response, { jsonrpc: '2.0', id: message.id, result: { content: [{ type: 'text', text: session }] } })
    }
    return
  }

  const server = await startScriptedServer(answer)
  return {
    ...server,
    initializes: () => server.received.filter(({ message }) => message.method === 'initialize'),
    /** Sessions that were made and not ended. */
    live: () => live.size,
    /** Standalone streams that are open. */
    streams: () => streams.size,
    executions: () => executions,
    /** A fresh process: it knows no session, and every stream has ended. */
    redeploy(): void {
      live.clear()
      release++
      for (const stream of streams) stream.end()
    },
  }
}
