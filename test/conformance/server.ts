/*
 * The server that the official conformance suite asks, as a process of its own:
 *
 *   node --experimental-strip-types server.ts v1|v2 bare|persistent PORT DIRECTORY
 *
 * Says `ready` and goes when its standard input ends. Run by a newer Node as it is, with its types stripped: it can import
 * built packages only.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { randomUUID } from 'node:crypto'
import { persistentSessions } from '@mcp-tether/server'
import { memoryStore } from '@mcp-tether/store'
import { lmdbStore } from '@mcp-tether/store/lmdb'
import { McpServer as ServerV1 } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport as TransportV1 } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import * as typesV1 from '@modelcontextprotocol/sdk/types.js'
import { NodeStreamableHTTPServerTransport as TransportV2 } from '@modelcontextprotocol/node'
import { McpServer as ServerV2 } from '@modelcontextprotocol/server'
import { answers, capabilities, type Context, type Params } from './answers.ts'

const [sdk, how, port = '0', directory = ''] = process.argv.slice(2)
const info = { name: 'conformance-server', version: '0.0.1' }
const retryInterval = 500

function buildV1(): ServerV1 {
  const server = new ServerV1(info, { capabilities })
  const schemas = Object.values(typesV1).filter(
    (schema) => typeof schema === 'object' && 'shape' in schema && 'method' in (schema.shape as object),
  ) as unknown as (typeof typesV1.PingRequestSchema)[]
  for (const [method, answer] of Object.entries(answers)) {
    const schema = schemas.find(({ shape }) => shape.method.value === method)
    if (schema === undefined) throw new Error(`SDK v1 does not know ${method}.`)
    server.server.setRequestHandler(schema, async ({ params }, extra) => {
      const context: Context = {
        notify: (name, given) => extra.sendNotification({ method: name, params: given }),
        ask: (name, given) => extra.sendRequest({ method: name, params: given }, typesV1.ResultSchema),
        endStream: () => extra.closeSSEStream?.(),
      }
      return answer((params ?? {}) as Params, context)
    })
  }
  return server
}

function buildV2(): ServerV2 {
  const server = new ServerV2(info, { capabilities })
  for (const [method, answer] of Object.entries(answers)) {
    server.server.setRequestHandler(
      method as never,
      (async (
        { params }: { params?: Params },
        ctx: {
          mcpReq: { notify(message: object): Promise<void>; send(message: object): Promise<unknown> }
          http?: { closeSSE?(): void }
        },
      ) => {
        const context: Context = {
          notify: (name, given) => ctx.mcpReq.notify({ method: name, params: given }),
          ask: (name, given) => ctx.mcpReq.send({ method: name, params: given }),
          endStream: () => ctx.http?.closeSSE?.(),
        }
        return answer(params ?? {}, context)
      }) as never,
    )
  }
  return server
}

const build = sdk === 'v1' ? buildV1 : buildV2

/** As servers are mostly written: a transport of each session in a map. */
function bareHandler(): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
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
    const options = { sessionIdGenerator: () => id, eventStore: store.events(id) as never, retryInterval }
    const transport = sdk === 'v1' ? new TransportV1(options) : new TransportV2(options)
    transports.set(id, transport)
    await build().connect(transport)
    await transport.handleRequest(request, response)
  }
}

/** Requests of other sites are none of ours (the suite's `dns-rebinding-protection`). */
function isLocal({ headers }: IncomingMessage): boolean {
  const hosts = [`http://${headers.host ?? ''}`, headers.origin ?? `http://${headers.host ?? ''}`]
  return hosts.every((host) => URL.canParse(host) && ['localhost', '127.0.0.1'].includes(new URL(host).hostname))
}

const handler =
  how === 'bare'
    ? bareHandler()
    : persistentSessions<ServerV1 | ServerV2>({
        createServer: build,
        store: lmdbStore(directory),
        transportOptions: { retryInterval },
      }).node()

createServer((request: IncomingMessage, response: ServerResponse) => {
  if (isLocal(request)) void handler(request, response)
  else response.writeHead(403).end()
}).listen(Number(port), '127.0.0.1', () => {
  process.stdout.write('ready\n')
})
process.stdin.on('end', () => process.exit()).resume()
