/** Plain facts about JSON-RPC 2.0 messages, as MCP uses them. */

export type JsonRpcId = string | number

export type JsonObject = Readonly<Record<string, unknown>>

export interface OutgoingRequest {
  readonly kind: 'request'
  readonly id: JsonRpcId
  readonly method: string
  readonly params: JsonObject
}

/** What a client sends in one POST. `unreadable` is anything that is no JSON-RPC. */
export type OutgoingMessage =
  | OutgoingRequest
  | { readonly kind: 'notification'; readonly method: string; readonly params: JsonObject }
  | { readonly kind: 'response'; readonly id: JsonRpcId }
  | { readonly kind: 'batch'; readonly messages: readonly OutgoingMessage[] }
  | { readonly kind: 'unreadable' }

export interface JsonRpcError {
  readonly code: number
  readonly message: string
  readonly data?: unknown
}

/** Reads the body of a POST. Never throws. */
export function readMessage(text: string | undefined): OutgoingMessage {
  if (text === undefined) return { kind: 'unreadable' }
  const value = parseJson(text)
  return Array.isArray(value) ? { kind: 'batch', messages: value.map(messageOf) } : messageOf(value)
}

function messageOf(value: unknown): OutgoingMessage {
  if (!isObject(value)) return { kind: 'unreadable' }
  const { id, method } = value
  const params = isObject(value.params) ? value.params : {}
  if (typeof method === 'string') {
    return isId(id) ? { kind: 'request', id, method, params } : { kind: 'notification', method, params }
  }
  return isId(id) && ('result' in value || 'error' in value) ? { kind: 'response', id } : { kind: 'unreadable' }
}

/** The requests in a message, to each of which an answer is owed. */
export function requestsIn(message: OutgoingMessage): readonly OutgoingRequest[] {
  if (message.kind === 'request') return [message]
  return message.kind === 'batch' ? message.messages.flatMap(requestsIn) : []
}

export function requestIds(message: OutgoingMessage): readonly JsonRpcId[] {
  return requestsIn(message).map(({ id }) => id)
}

/** A word for the message in events and errors. */
export function methodOf(message: OutgoingMessage): string {
  return message.kind === 'request' || message.kind === 'notification' ? message.method : message.kind
}

/** The same for a sentence: which tool, of a call. */
export function subjectOf(message: OutgoingMessage): string {
  if (message.kind !== 'request') return `the ${methodOf(message)}`
  const { method, params } = message
  return method === 'tools/call' && typeof params.name === 'string' ? `the tool "${params.name}"` : method
}

/** Parses JSON; `undefined` where it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isId(value: unknown): value is JsonRpcId {
  return typeof value === 'string' || typeof value === 'number'
}
