import type { FetchLike } from '@mcp-tether/client'
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { ResultSchema } from '@modelcontextprotocol/sdk/types.js'
import { Client as ClientV2, StreamableHTTPClientTransport as TransportV2 } from '@modelcontextprotocol/client'
import type { Params } from './reference-server.js'
import { Sightings } from './sightings.js'

/** The requests that the clients of both SDKs have under the same names. */
interface Requests {
  ping(): Promise<unknown>
  listTools(params?: Params): Promise<unknown>
  listResources(): Promise<unknown>
  listResourceTemplates(): Promise<unknown>
  readResource(params: Params): Promise<unknown>
  subscribeResource(params: Params): Promise<unknown>
  unsubscribeResource(params: Params): Promise<unknown>
  listPrompts(): Promise<unknown>
  getPrompt(params: Params): Promise<unknown>
  complete(params: Params): Promise<unknown>
  setLoggingLevel(level: string): Promise<unknown>
  sendRootsListChanged(): Promise<unknown>
}

export interface CallOptions {
  readonly signal?: AbortSignal
  /** Asks for progress. @default false */
  readonly progress?: boolean
}

/** A connected client of either SDK, and everything that it told its host. */
export interface Talker {
  readonly sightings: Sightings
  readonly requests: Requests
  readonly sessionId: () => string | undefined
  readonly callTool: (name: string, args?: Params, options?: CallOptions) => Promise<unknown>
  /** A request that the SDK knows nothing about. */
  readonly request: (method: string, params?: Params) => Promise<unknown>
  readonly terminate: () => Promise<void>
  readonly close: () => Promise<void>
}

export type Connect = (url: URL, fetch: FetchLike) => Promise<Talker>

const clientInfo = { name: 'talker', version: '0.0.1' }
const capabilities = { roots: { listChanged: true }, sampling: {}, elicitation: {} }

/**
 * A delay that no test lives to see: a stream that ends because its session was closed is not asked for again. Where a
 * stream is to be resumed, the server says when (`retry`).
 */
const reconnectionOptions = {
  ...{ initialReconnectionDelay: 600_000, maxReconnectionDelay: 600_000 },
  ...{ reconnectionDelayGrowFactor: 1, maxRetries: 2 },
}

export const connectV1: Connect = async (url, fetch) => {
  const sightings = new Sightings()
  const client = new ClientV1(clientInfo, { capabilities })
  client.fallbackRequestHandler = (request) => Promise.resolve(sightings.asked(request))
  client.fallbackNotificationHandler = (notification) => {
    sightings.notified(notification)
    return Promise.resolve()
  }
  client.onerror = (error) => {
    sightings.failed(error)
  }
  const transport = new TransportV1(url, { fetch, reconnectionOptions })
  await client.connect(transport)
  return {
    sightings,
    requests: client as unknown as Requests,
    sessionId: () => transport.sessionId,
    callTool: (name, args = {}, options = {}) =>
      client.callTool({ name, arguments: { ...args } }, undefined, sightings.callOptions(options)),
    request: (method, params) => client.request({ method, ...(params ? { params } : {}) }, ResultSchema),
    terminate: () => transport.terminateSession(),
    close: () => client.close(),
  }
}

/** Takes any result as it is (Standard Schema). */
const anyResult = {
  '~standard': { version: 1 as const, vendor: 'mcp-tether', validate: (value: unknown) => ({ value }) },
}

export const connectV2: Connect = async (url, fetch) => {
  const sightings = new Sightings()
  const client = new ClientV2(clientInfo, { capabilities })
  client.fallbackRequestHandler = (request) => Promise.resolve(sightings.asked(request))
  client.fallbackNotificationHandler = (notification) => {
    sightings.notified(notification)
    return Promise.resolve()
  }
  client.onerror = (error) => {
    sightings.failed(error)
  }
  const transport = new TransportV2(url, { fetch, reconnectionOptions })
  await client.connect(transport)
  return {
    sightings,
    requests: client as unknown as Requests,
    sessionId: () => transport.sessionId,
    callTool: (name, args = {}, options = {}) =>
      client.callTool({ name, arguments: { ...args } }, sightings.callOptions(options)),
    request: (method, params) => client.request({ method, ...(params ? { params: { ...params } } : {}) }, anyResult),
    terminate: () => transport.terminateSession(),
    close: () => client.close(),
  }
}
