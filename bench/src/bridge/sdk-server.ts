/** A real server: one tool on the official SDK v2 behind node:http, JSON answers. Prints its address on stdout. */
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { NodeStreamableHTTPServerTransport } from '@modelcontextprotocol/node'
import { McpServer } from '@modelcontextprotocol/server'
import { z } from 'zod'

const transports = new Map<string, NodeStreamableHTTPServerTransport>()

async function newSession(): Promise<NodeStreamableHTTPServerTransport> {
  const server = new McpServer({ name: 'bench', version: '0.0.0' })
  server.registerTool('echo', { inputSchema: z.object({ message: z.string() }) }, ({ message }) => ({
    content: [{ type: 'text', text: `Echo: ${message}` }],
  }))
  const transport: NodeStreamableHTTPServerTransport = new NodeStreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    enableJsonResponse: true,
    onsessioninitialized: (id) => {
      transports.set(id, transport)
    },
  })
  await server.connect(transport)
  return transport
}

const server = createServer((request, response) => {
  const id = request.headers['mcp-session-id']
  const known = typeof id === 'string' ? transports.get(id) : undefined
  void (known ? Promise.resolve(known) : newSession()).then((transport) => transport.handleRequest(request, response))
})
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}/mcp\n`)
})
