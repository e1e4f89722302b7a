import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

/*
 * An event of any size passes without being held: in a process of its own, because what the others of this one hold would
 * be counted too.
 */

const mebibytes = 200
const maxAddedKiB = 120 * 1024

interface Message {
  readonly id?: number
  readonly method: string
  readonly params?: { readonly name?: string }
}

/** A server whose tool says more than anybody wants to hold, and which can forget its sessions. */
function answering(): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  let sessions = 0
  let current = ''
  let hasForgotten = false
  return async (request, response) => {
    let body = ''
    for await (const piece of request.setEncoding('utf8')) body += piece as string
    const { id, method, params } = JSON.parse(body) as Message
    const json = (status: number, message: object) => {
      response.writeHead(status, { 'content-type': 'application/json', 'mcp-session-id': current })
      response.end(JSON.stringify({ jsonrpc: '2.0', id, ...message }))
    }
    if (method === 'initialize') {
      current = `session-${++sessions}`
      const serverInfo = { name: 'large', version: '0.0.0' }
      json(200, { result: { protocolVersion: '2025-11-25', capabilities: {}, serverInfo } })
      return
    }
    if (params?.name === 'forget-and-answer' && !hasForgotten) {
      hasForgotten = true
      current = ''
    }
    if (request.headers['mcp-session-id'] !== current)
      json(404, { error: { code: -32001, message: 'Session not found' } })
    else if (id === undefined) response.writeHead(202).end()
    else if (params?.name === 'large') await say(response, id)
    else json(200, { result: { content: [] } })
  }
}

async function say(response: ServerResponse, id: number): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'mcp-session-id': 'not-to-be-seen' })
  response.write('id: last\nevent: message\ndata: {"result":{"content":[{"type":"text","text":"')
  const piece = 'x'.repeat(1024 * 1024)
  for (let at = 0; at < mebibytes; at++) if (!response.write(piece)) await once(response, 'drain')
  response.end(`"}]},"jsonrpc":"2.0","id":${id}}\n\n`)
}

it.each([
  ['first', /"id":2}\n\n$/],
  ['renewed', /"id":3}\nid: mcp-tether-[0-9a-f]+\.2\.last\n\n$/],
])(
  'an event of 200 MiB passes in the %s epoch as it comes, and holds no memory',
  async (epoch, end) => {
    const answer = answering()
    const server = createServer((request, response) => {
      answer(request, response).catch((error: unknown) => response.destroy(error as Error))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`
      const reader = join(import.meta.dirname, 'large-events/reader.js')
      const { stdout } = await promisify(execFile)(process.execPath, [reader, url, epoch], { timeout: 100_000 })
      const read = JSON.parse(stdout) as { idleKiB: number; peakKiB: number; size: number; end: string }
      expect(read.size).toBeGreaterThan(mebibytes * 1024 * 1024)
      expect(read.end).toMatch(end)
      expect(read.peakKiB - read.idleKiB).toBeLessThan(maxAddedKiB)
    } finally {
      server.closeAllConnections()
      server.close()
    }
  },
  120_000,
)
