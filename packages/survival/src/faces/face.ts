import type { JsonObject } from '../wire/json.js'
import type { Message } from '../wire/json-rpc.js'

/** The part of `fetch` that MCP client transports use. */
export type FetchLike = (url: string | URL, init?: RequestInit) => Promise<Response>

/**
 * What only some faces can do; a scenario says which of it it needs.
 * - `raw-messages`: send a body as it is, and see the HTTP answer ({@link FaceClient.post})
 * - `two-clients`: several clients share one recovering instance
 * - `stacked`: connect through two instances on top of each other
 * - `redirects`: follow a redirect within the origin
 * - `fetch`: requests beside the protocol's own go through the same fetch ({@link FaceClient.fetch})
 * - `notify`: send a notification of the caller's choice
 * - `request`: send a request of the caller's choice
 * - `headers`: add headers of the caller's choice
 * - `listens`: opens the standalone stream once it is connected
 * - `hears`: shows the server's notifications ({@link FaceClient.onNotification})
 * - `progress`: asks for the progress of a call, and shows it
 * - `elicits`: answers `elicitation/create` ({@link ConnectOptions.handlers})
 * - `asked`: answers any question of the server, and is told when one is withdrawn
 * - `signs-in`: gets a new token when it is answered 401 ({@link ConnectOptions.signIn})
 */
export type Capability =
  | 'raw-messages'
  | 'two-clients'
  | 'stacked'
  | 'redirects'
  | 'fetch'
  | 'notify'
  | 'request'
  | 'headers'
  | 'listens'
  | 'hears'
  | 'progress'
  | 'elicits'
  | 'asked'
  | 'signs-in'

/** Answers a question of the server; `signal` is aborted when the question is withdrawn. */
export type QuestionHandler = (params: unknown, signal: AbortSignal) => JsonObject | Promise<JsonObject>

/** The tokens a client holds that has signed in before (OAuth 2.1). */
export interface Tokens {
  readonly access: string
  readonly refresh: string
  /** The authorization server that gave them, and where it does. */
  readonly issuer: string
  readonly tokenEndpoint: string
}

/** Options of a tool call. */
export interface ToolCallOptions {
  readonly signal?: AbortSignal
  /** Asks for progress (capability `progress`); called with each value that the client is shown. */
  readonly onProgress?: (progress: number) => void
}

/** How a scenario wants its client connected. */
export interface ConnectOptions {
  /** `clientInfo.name`. @default 'survivor' */
  readonly clientName?: string
  /** Headers that go with every request. */
  readonly headers?: Readonly<Record<string, string>>
  /** Through two stacked instances (capability `stacked`). @default false */
  readonly stacked?: boolean
  /** Answers the server's questions (elicitation, sampling, roots), by method. */
  readonly handlers?: Readonly<Record<string, QuestionHandler>>
  /** It has signed in before: the tokens it starts with (capability `signs-in`). */
  readonly signIn?: Tokens
}

/** An HTTP answer as a client without an SDK sees it. */
export interface PostAnswer {
  readonly status: number
  readonly messages: readonly Message[]
}

/** What went wrong on a client outside of its calls. */
export interface Trouble {
  readonly kind: 'crash' | 'wrong'
  readonly text: string
}

/** A connected client. Calls reject with whatever the SDK throws; {@link toOutcome} makes one shape of it. */
export interface FaceClient {
  callTool(name: string, args: JsonObject, options?: ToolCallOptions): Promise<unknown>
  /** Asks for the tools: one page of them. */
  listTools(cursor?: string): Promise<unknown>
  request(method: string, params?: JsonObject): Promise<unknown>
  notify(method: string, params?: JsonObject): Promise<void>
  /** Calls back with each notification of the server. */
  onNotification(listener: (message: Message) => void): void
  /** Every session id this client was ever shown, each once; empty where the client hides them. */
  sessionIds(): readonly string[]
  /** Troubles so far: the process died, something that is no protocol was seen. */
  troubles(): readonly Trouble[]
  /** Resolves when what was done so far (a cancellation, say) has left the client. */
  flushed(): Promise<void>
  /** Ends the session with DELETE where the client can, and the client. */
  close(): Promise<void>
  /** POSTs a body as it is (capability `raw-messages`). */
  post?(body: string, options?: { readonly signal?: AbortSignal }): Promise<PostAnswer>
  /** The fetch this client uses (capability `fetch`). */
  readonly fetch?: FetchLike
}

/** Something that can be an MCP client: what the scenarios are played against. */
export interface Face {
  readonly name: string
  readonly capabilities: ReadonlySet<Capability>
  connect(url: string, options?: ConnectOptions): Promise<FaceClient>
}
