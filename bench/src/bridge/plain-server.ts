/**
 * The cheapest server that speaks the protocol: one tool on node:http, JSON answers, sessions. What is left of a call's
 * time is the bridge's. Prints its address on stdout.
 */
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Message {
  readonly id?: number | string
  readonly method?: string
  readonly params?: { readonly protocolVersion?: string; readonly arguments?: { readonly message?: string } }
}

const known = new Set<string>()
const tools = [
  { name: 'echo', inputSchema: { type: 'object', properties: { message: { type: 'string' } }, required: ['message'] } },
]

function resultOf({ method, params }: Message): object {
  switch (method) {
    case 'initialize': {
      const serverInfo = { name: 'bench', version: '0.0.0' }
      return { protocolVersion: params?.protocolVersion, capabilities: { tools: {} }, serverInfo }
    }
    case 'tools/list':
      return { tools }
    case 'tools/call':
      return { content: [{ type: 'text', text: `Echo: ${params?.arguments?.message ?? ''}` }] }
    default:
      return {}
  }
}

async function read(request: IncomingMessage): Promise<Message> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return JSON.parse(Buffer.concat(chunks).toString()) as Message
}

const server = createServer((request, response) => {
  const given = String(request.headers['mcp-session-id'])
  if (request.method === 'DELETE') return response.writeHead(known.delete(given) ? 200 : 404).end()
  if (request.method !== 'POST') return response.writeHead(405, { allow: 'POST, DELETE' }).end()
  return void read(request).then((message) => {
    const id = message.method === 'initialize' ? randomUUID() : given
    if (message.method === 'initialize') known.add(id)
    else if (!known.has(id)) return response.writeHead(404).end()
    if (message.id === undefined) return response.writeHead(202).end()
    const answer = JSON.stringify({ jsonrpc: '2.0', id: message.id, result: resultOf(message) })
    return response.writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': id }).end(answer)
  })
})
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}/mcp\n`)
})
