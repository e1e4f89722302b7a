/**
 * The server that is measured: one tool on the official SDK v2 behind node:http, in a process of its own.
 *
 *   node mcp-server.js forgetful
 *   node mcp-server.js persistent memory|lmdb|redis [DIRECTORY or URL]
 *
 * Prints its address on stdout.
 */
import { randomUUID } from 'node:crypto'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { NodeStreamableHTTPServerTransport } from '@modelcontextprotocol/node'
import { persistentSessions } from '@mcp-tether/server'
import { buildServer } from './build-server.js'
import { openStore } from './open-store.js'

const [how, kind = 'memory', where = ''] = process.argv.slice(2)

/** What the SDK's own examples do: a map of transports. */
function forgetful(): RequestListener {
  const transports = new Map<string, NodeStreamableHTTPServerTransport>()
  async function begin(): Promise<NodeStreamableHTTPServerTransport> {
    const transport: NodeStreamableHTTPServerTransport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => {
        transports.set(id, transport)
      },
    })
    await buildServer().connect(transport)
    return transport
  }
  return (request, response) => {
    const id = request.headers['mcp-session-id']
    const known = typeof id === 'string' ? transports.get(id) : undefined
    void (known ? Promise.resolve(known) : begin()).then((transport) => transport.handleRequest(request, response))
  }
}

async function persistent(): Promise<RequestListener> {
  const handle = persistentSessions({ createServer: buildServer, store: await openStore(kind, where) }).node()
  return (request, response) => void handle(request, response)
}

process.once('SIGTERM', () => process.exit(0))
const server = createServer(how === 'forgetful' ? forgetful() : await persistent())
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}/mcp\n`)
})
