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
import { getRequestListener } from '@hono/node-server'
import { persistentSessions } from '@mcp-tether/server'
import { memoryStore } from '@mcp-tether/store'
import { lmdbStore } from '@mcp-tether/store/lmdb'
import { Server as ServerV1 } from '@modelcontextprotocol/sdk/server/index.js'
import { WebStandardStreamableHTTPServerTransport as TransportV1 } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js'
import * as typesV1 from '@modelcontextprotocol/sdk/types.js'
import {
  Server as ServerV2,
  WebStandardStreamableHTTPServerTransport as TransportV2,
} from '@modelcontextprotocol/server'
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
    const schema = schemas.find(({ shape }) => String(shape.method.value) === method)
    if (schema === undefined) throw new Error(`SDK v1 does not know ${method}.`)
    server.setRequestHandler(schema, async ({ params }, extra) => {
      const context: Context = {
        notify: (name, given) => extra.sendNotification({ method: name, params: given } as never),
        ask: (name, given) => extra.sendRequest({ method: name, params: given } as never, typesV1.ResultSchema),
        endStream: () => extra.closeSSEStream?.(),
      }
      return answer((params ?? {}) as Params, context) as Promise<Record<string, unknown>>
    })
  }
  return server
}

function buildV2(): ServerV2 {
  const server = new ServerV2(info, { capabilities })
  for (const [method, answer] of Object.entries(answers)) {
    server.setRequestHandler(
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
function bareFetch(): (request: Request) => Promise<Response> {
  const transports = new Map<string, TransportV1 | TransportV2>()
  const store = memoryStore()
  return async (request) => {
    const sessionId = request.headers.get('mcp-session-id')
    const known = sessionId === null ? undefined : transports.get(sessionId)
    if (known !== undefined) return known.handleRequest(request)
    if (sessionId !== null) return new Response('Session not found', { status: 404 })
    const id = randomUUID()
    const options = { sessionIdGenerator: () => id, eventStore: store.events(id) as never, retryInterval }
    const transport = sdk === 'v1' ? new TransportV1(options) : new TransportV2(options)
    transports.set(id, transport)
    await build().connect(transport as never)
    return transport.handleRequest(request)
  }
}

/** Requests of other sites are none of ours (the suite's `dns-rebinding-protection`). */
function isLocal({ headers }: IncomingMessage): boolean {
  const hosts = [`http://${headers.host ?? ''}`, headers.origin ?? `http://${headers.host ?? ''}`]
  return hosts.every((host) => URL.canParse(host) && ['localhost', '127.0.0.1'].includes(new URL(host).hostname))
}

const fetch =
  how === 'bare'
    ? bareFetch()
    : persistentSessions<ServerV1 | ServerV2>({
        createServer: build,
        store: lmdbStore(directory),
        transportOptions: { retryInterval },
      }).fetch
const listener = getRequestListener((request) => fetch(request), { overrideGlobalObjects: false })

createServer((request: IncomingMessage, response: ServerResponse) => {
  if (isLocal(request)) void listener(request, response)
  else response.writeHead(403).end()
}).listen(Number(port), '127.0.0.1', () => {
  process.stdout.write('ready\n')
})
process.stdin.on('end', () => process.exit()).resume()
