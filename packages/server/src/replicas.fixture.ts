import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { Client as ClientV2, StreamableHTTPClientTransport as TransportV2 } from '@modelcontextprotocol/client'
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { McpServer as ServerV1 } from '@modelcontextprotocol/sdk/server/mcp.js'
import { McpServer as ServerV2 } from '@modelcontextprotocol/server'
import type { Store } from '@mcp-tether/store'
import { persistentSessions, type AuthInfo, type PersistentSessions, type PersistentSessionsOptions } from './index.js'

export type Major = 'v1' | 'v2'

/** A server with a tool that says where it runs, one that is slow, and a level of logging. */
export function buildServer(major: Major, name: string) {
  const info = { name: 'test', version: '1' }
  const options = { capabilities: { logging: {}, resources: { subscribe: true } } }
  const where = () => ({ content: [{ type: 'text' as const, text: name }] })
  const slow = async () => {
    await pause(400)
    return where()
  }
  if (major === 'v1') {
    const server = new ServerV1(info, options)
    server.registerTool('where', {}, where)
    server.registerTool('slow', {}, slow)
    return server
  }
  const server = new ServerV2(info, options)
  server.registerTool('where', {}, where)
  server.registerTool('slow', {}, slow)
  return server
}

export interface Replica {
  readonly name: string
  readonly store: Store
  readonly sessions: PersistentSessions
}

export interface Replicas {
  readonly url: URL
  readonly replicas: readonly Replica[]
  /** Which replica gets the next request. @default one after the other */
  choose: (request: IncomingMessage, count: number) => number
  /** Others that take their place, on the same port. */
  forward?: Replicas
  close(): Promise<void>
}

/** Who a bearer token stands for, as a verifying middleware would say it. */
function tokenOwner(request: IncomingMessage): AuthInfo | undefined {
  const token = /^Bearer (\w+)$/.exec(request.headers.authorization ?? '')?.[1]
  return token === undefined ? undefined : { token, clientId: token, scopes: [] }
}

/** Servers on one port, each request on another one: no stickiness at all. */
export async function startReplicas(
  major: Major,
  stores: readonly Store[],
  options: Partial<PersistentSessionsOptions<ReturnType<typeof buildServer>>> = {},
): Promise<Replicas> {
  const replicas = stores.map((store, index) => {
    const name = `replica ${index}`
    return {
      name,
      store,
      sessions: persistentSessions({ createServer: () => buildServer(major, name), store, ...options }),
    }
  })
  let count = 0
  const bench: Replicas = {
    url: new URL('http://127.0.0.1'),
    replicas,
    choose: (_request, number) => number % replicas.length,
    async close() {
      await Promise.all(replicas.map(({ sessions }) => sessions.close({ timeout: 100 })))
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
  const http: Server = createServer((request: IncomingMessage & { auth?: AuthInfo }, response: ServerResponse) => {
    const auth = tokenOwner(request)
    if (auth !== undefined) request.auth = auth
    const { choose, replicas: chosen } = bench.forward ?? bench
    const replica = chosen[choose(request, count++)]
    void replica?.sessions.node()(request, response)
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  bench.url.port = String((http.address() as AddressInfo).port)
  bench.url.pathname = '/mcp'
  return bench
}

/** A real SDK client that knows no recovery. */
export async function connect(major: Major, url: URL, token?: string) {
  const requestInit = token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }
  if (major === 'v1') {
    const transport = new TransportV1(url, { requestInit })
    const client = new ClientV1({ name: 'client', version: '1' })
    await client.connect(transport)
    return { client, transport, call: (name: string) => client.callTool({ name }) as Promise<{ content: unknown }> }
  }
  const transport = new TransportV2(url, { requestInit })
  const client = new ClientV2({ name: 'client', version: '1' })
  await client.connect(transport)
  return { client, transport, call: (name: string) => client.callTool({ name }) as Promise<{ content: unknown }> }
}
