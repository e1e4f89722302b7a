import { memberText } from './member-text.js'

/** A request that waits for its answer. */
export interface RpcRequest {
  /** Compares ids: `1` and `"1"` are two. */
  readonly key: string
  /** The id as it was written, for an error of our own. */
  readonly idText: string
  readonly method: string
  /** True for a request of the bridge's own: the host hears nothing of it. */
  readonly ours?: true
}

/** What the bridge has to know of a message from the host. The text itself goes out untouched. */
export type HostMessage =
  | { readonly kind: 'request'; readonly requests: readonly [RpcRequest] }
  | { readonly kind: 'notification'; readonly method: string; readonly cancels: string | undefined }
  | { readonly kind: 'answer' }
  | { readonly kind: 'batch'; readonly requests: readonly RpcRequest[] }
  | { readonly kind: 'not-json' }
  | { readonly kind: 'not-rpc'; readonly idText: string }

export function readHostMessage(text: string): HostMessage {
  const value = parseJson(text)
  if (value === undefined) return { kind: 'not-json' }
  if (Array.isArray(value)) {
    // A server may make something of a batch with a bad member, but not of one without a good one.
    if (!value.some(isObject)) return { kind: 'not-rpc', idText: 'null' }
    const requests = value.filter(isRequest).map((member) => requestOf(member, JSON.stringify(member.id)))
    return { kind: 'batch', requests }
  }
  if (!isObject(value)) return { kind: 'not-rpc', idText: 'null' }
  if (isRequest(value)) return { kind: 'request', requests: [requestOf(value, idTextOf(text, value.id))] }
  const { method, id } = value
  // Neither a request nor a notification: whoever sent it waits for an answer.
  if (typeof method === 'string' && 'id' in value) return { kind: 'not-rpc', idText: 'null' }
  if (typeof method === 'string') return { kind: 'notification', method, cancels: cancelledKey(value) }
  if (isId(id) && ('result' in value || 'error' in value)) return { kind: 'answer' }
  return { kind: 'not-rpc', idText: isId(id) ? idTextOf(text, id) : 'null' }
}

/** Compares ids of messages. */
export function idKey(id: unknown): string | undefined {
  return isId(id) ? JSON.stringify(id) : undefined
}

/** The key of the same id in its other form: some servers echo `1` as `"1"`. */
export function otherIdKey(id: unknown): string | undefined {
  if (typeof id === 'number') return JSON.stringify(String(id))
  return typeof id === 'string' && /^-?\d{1,15}$/.test(id) ? String(Number(id)) : undefined
}

/** `undefined` when the text is no JSON (which has no such value). */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

export type JsonObject = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** True for a JSON-RPC message, or a batch: the only things that may come out on stdout. */
export function isRpc(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 && value.every(isRpc) : isObject(value) && 'jsonrpc' in value
}

/** A JSON-RPC error response, whatever its id. */
export function rpcErrorOf(value: unknown): JsonObject | undefined {
  return isObject(value) && isRpc(value) && isObject(value.error) ? value : undefined
}

/** The id of an answer to nobody in particular. */
export function isNobody(id: unknown): boolean {
  return id === null || id === undefined
}

/** Raw line breaks are insignificant in JSON, so that without them a message is the same message on one line. */
export function oneLine(json: string): string {
  return /[\r\n]/.test(json) ? json.replace(/[\r\n]+/g, '') : json
}

type IdValue = string | number

function isId(value: unknown): value is IdValue {
  return typeof value === 'string' || typeof value === 'number'
}

function isRequest(value: unknown): value is { readonly method: string; readonly id: IdValue } {
  return isObject(value) && typeof value.method === 'string' && isId(value.id)
}

function requestOf({ method, id }: { readonly method: string; readonly id: IdValue }, idText: string): RpcRequest {
  return { key: JSON.stringify(id), idText, method }
}

/** A string or a small integer is written back as it was; for other numbers only the text is exact. */
function idTextOf(text: string, id: IdValue): string {
  if (typeof id === 'number' && !Number.isSafeInteger(id)) return memberText(text, 'id') ?? JSON.stringify(id)
  return JSON.stringify(id)
}

function cancelledKey(notification: JsonObject): string | undefined {
  const { method, params } = notification
  return method === 'notifications/cancelled' && isObject(params) ? idKey(params.requestId) : undefined
}
