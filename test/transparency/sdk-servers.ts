import type { IncomingMessage, ServerResponse } from 'node:http'
import { Server as ServerV1 } from '@modelcontextprotocol/sdk/server/index.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import type {
  EventStore,
  StreamableHTTPServerTransportOptions,
} from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { ErrorCode, McpError, ResultSchema } from '@modelcontextprotocol/sdk/types.js'
import { NodeStreamableHTTPServerTransport } from '@modelcontextprotocol/node'
import { ProtocolError, ProtocolErrorCode, Server as ServerV2 } from '@modelcontextprotocol/server'
import type { EventStore as EventStoreV2 } from '@modelcontextprotocol/server'
import {
  answer,
  InvalidParams,
  MethodNotFound,
  serverCapabilities,
  serverInfo,
  serverInstructions,
} from './reference-server.js'
import type { Landmarks, Params } from './reference-server.js'

/** How the server's transport is set up; the ids come from the test, so that they are the same in every run. */
export interface TransportOptions {
  readonly sessionIdGenerator: (() => string) | undefined
  readonly enableJsonResponse?: boolean
  readonly eventStore?: EventStore & EventStoreV2
  readonly retryInterval?: number
}

/** One session of a server, with what the test needs of it. */
export interface ServedSession {
  handle(request: IncomingMessage, response: ServerResponse, body: unknown): Promise<void>
  /** Says something on the standalone stream. */
  push(method: string, params?: Params): Promise<void>
  close(): Promise<void>
}

export type SessionFactory = (options: TransportOptions, landmarks: Landmarks) => Promise<ServedSession>

const serverOptions = { capabilities: serverCapabilities, instructions: serverInstructions }

/** A `Server` of `@modelcontextprotocol/sdk` 1.x on its own Streamable HTTP transport. */
export const serveV1: SessionFactory = async (options, landmarks) => {
  // The advanced use that the low-level class is kept for: one handler for all methods.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const server = new ServerV1(serverInfo, serverOptions)
  server.fallbackRequestHandler = async ({ method, params = {} }, extra) => {
    const handling = {
      signal: extra.signal,
      progressToken: params._meta?.progressToken,
      notify: (name: string, its: Params) => extra.sendNotification({ method: name, params: its }),
      ask: (name: string, its: Params) => extra.sendRequest({ method: name, params: its }, ResultSchema),
      closeCallStream: () => extra.closeSSEStream?.(),
      closeStandaloneStream: () => extra.closeStandaloneSSEStream?.(),
    }
    try {
      return { ...(await answer(method, params, handling, landmarks)) }
    } catch (error) {
      if (error instanceof MethodNotFound) throw new McpError(ErrorCode.MethodNotFound, error.message)
      if (error instanceof InvalidParams)
        throw new McpError(ErrorCode.InvalidParams, error.message, { because: 'test' })
      throw error
    }
  }
  // The SDK's own types disagree with themselves under exactOptionalPropertyTypes, here and below.
  const transport = new StreamableHTTPServerTransport(options as StreamableHTTPServerTransportOptions)
  await server.connect(transport)
  return {
    handle: (request, response, body) => transport.handleRequest(request, response, body),
    push: (method, params) => server.notification({ method, ...(params ? { params } : {}) }),
    close: () => server.close(),
  }
}

/** Takes any result as it is (Standard Schema). */
const anyResult = {
  '~standard': { version: 1 as const, vendor: 'mcp-tether', validate: (value: unknown) => ({ value }) },
}

/** A `Server` of `@modelcontextprotocol/server` 2.x on the transport of `@modelcontextprotocol/node`. */
export const serveV2: SessionFactory = async (options, landmarks) => {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- as above
  const server = new ServerV2(serverInfo, serverOptions)
  server.fallbackRequestHandler = async ({ method, params = {} }, { mcpReq, http }) => {
    const handling = {
      signal: mcpReq.signal,
      progressToken: mcpReq._meta?.progressToken ?? params._meta?.progressToken,
      notify: (name: string, its: Params) => mcpReq.notify({ method: name, params: { ...its } }),
      ask: (name: string, its: Params) => mcpReq.send({ method: name, params: { ...its } }, anyResult),
      closeCallStream: () => http?.closeSSE?.(),
      closeStandaloneStream: () => http?.closeStandaloneSSE?.(),
    }
    try {
      return { ...(await answer(method, params, handling, landmarks)) }
    } catch (error) {
      if (error instanceof MethodNotFound) throw new ProtocolError(ProtocolErrorCode.MethodNotFound, error.message)
      if (error instanceof InvalidParams) {
        throw new ProtocolError(ProtocolErrorCode.InvalidParams, error.message, { because: 'test' })
      }
      throw error
    }
  }
  const transport = new NodeStreamableHTTPServerTransport(options)
  await server.connect(transport)
  return {
    handle: (request, response, body) => transport.handleRequest(request, response, body),
    push: (method, params) => server.notification({ method, ...(params ? { params: { ...params } } : {}) }),
    close: () => server.close(),
  }
}
