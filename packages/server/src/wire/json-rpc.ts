/** What this package looks at in a JSON-RPC message; everything else is the SDK's business. */
export interface JsonRpcMessage {
  readonly jsonrpc?: unknown
  readonly id?: unknown
  readonly method?: unknown
  readonly params?: unknown
  readonly result?: unknown
  readonly error?: unknown
}

export type RequestId = string | number

export interface JsonRpcRequest extends JsonRpcMessage {
  readonly id: RequestId
  readonly method: string
}

/** The messages of a body: of one message, or of a batch. What is no object is left out; the SDK refuses it. */
export function messagesOf(body: unknown): readonly JsonRpcMessage[] {
  return (Array.isArray(body) ? (body as unknown[]) : [body]).filter(isObject)
}

export function isRequest(message: JsonRpcMessage): message is JsonRpcRequest {
  return typeof message.method === 'string' && isRequestId(message.id)
}

/** A result or an error that answers a request. */
export function isAnswer(message: JsonRpcMessage): message is JsonRpcMessage & { readonly id: RequestId } {
  return message.method === undefined && isRequestId(message.id) && ('result' in message || 'error' in message)
}

function isRequestId(value: unknown): value is RequestId {
  return typeof value === 'string' || typeof value === 'number'
}

/** 7 and "7" are two ids. */
export function idKey(id: RequestId): string {
  return JSON.stringify(id)
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
