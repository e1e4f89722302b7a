import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { memoryStore } from '@mcp-tether/store'
import type { NodeStreamableHTTPServerTransport as TransportV2 } from '@modelcontextprotocol/node'
import type { StreamableHTTPServerTransport as TransportV1 } from '@modelcontextprotocol/sdk/server/streamableHttp.js'

export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** As servers are mostly written: the transport of each session in a map, and nothing survives the process. */
export function bareHandler(
  connect: (transport: TransportV1 | TransportV2) => Promise<void>,
  Transport: typeof TransportV1 | typeof TransportV2,
  retryInterval: number,
): Handler {
  const transports = new Map<string, TransportV1 | TransportV2>()
  const store = memoryStore()
  return async (request, response) => {
    const sessionId = request.headers['mcp-session-id']
    const known = transports.get(String(sessionId))
    if (known !== undefined) return known.handleRequest(request, response)
    if (sessionId !== undefined) {
      response.writeHead(404).end()
      return
    }
    const id = randomUUID()
    const transport = new Transport({
      sessionIdGenerator: () => id,
      eventStore: store.events(id),
      retryInterval,
    })
    transports.set(id, transport)
    await connect(transport)
    await transport.handleRequest(request, response)
  }
}
