import type { JsonRpcMessage } from '../wire/json-rpc.js'

/** The author's server: `McpServer` or `Server` of SDK v1 or v2. Only what both share is used. */
export interface SdkServer {
  connect(transport: never): Promise<void>
  close(): Promise<void>
}

/** Verified facts about who sent a request, as both SDKs define them. */
export interface AuthInfo {
  readonly token: string
  readonly clientId: string
  readonly scopes: string[]
  readonly expiresAt?: number
  readonly resource?: URL
  readonly extra?: Record<string, unknown>
}

export interface RequestOptions {
  /** Who sent it, verified by the middleware in front. */
  readonly authInfo?: AuthInfo | undefined
  /** The body, where a middleware in front has read it already. */
  readonly parsedBody?: unknown
}

export interface SdkEventStore {
  storeEvent(streamId: string, message: object): Promise<string>
  replayEventsAfter(lastEventId: string): Promise<string>
}

export interface SdkTransportOptions {
  readonly sessionIdGenerator: () => string
  readonly eventStore: SdkEventStore
  readonly enableJsonResponse?: boolean
  readonly retryInterval?: number
  readonly keepAliveMs?: number
}

/** `WebStandardStreamableHTTPServerTransport` of either SDK: its public members that are used here. */
export interface SdkTransport {
  onmessage?: ((message: never, extra?: never) => void) | undefined
  send(message: never, options?: never): Promise<void>
  handleRequest(request: Request, options?: { parsedBody?: unknown; authInfo?: never }): Promise<Response>
  close(): Promise<void>
}

export type SdkTransportClass = new (options: never) => SdkTransport

/** The same members as they are called here. Both SDKs take plain messages; only their types differ. */
export interface OpenTransport {
  onmessage: ((message: JsonRpcMessage, extra?: unknown) => void) | undefined
  send(message: JsonRpcMessage, options?: { readonly relatedRequestId?: string | number }): Promise<void>
  handleRequest(request: Request, options?: RequestOptions): Promise<Response>
  close(): Promise<void>
}

/** Answers requests of the modern era (2026-07-28), which know no session. */
export interface ModernEra {
  isModern(request: Request, body: unknown): Promise<boolean>
  fetch(request: Request, options: RequestOptions): Promise<Response>
}

/** What is used of an SDK. */
export interface Sdk {
  readonly Transport: SdkTransportClass
  /** SDK v2 only. */
  readonly modern?: ModernEra
}
