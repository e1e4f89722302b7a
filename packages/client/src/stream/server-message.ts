import { outwardRequestId } from '../session/request-ids.js'
import { isId, isObject, parseJson, type JsonObject, type JsonRpcId } from '../wire/json-rpc.js'

/** What one message of an event stream is, as far as the engine cares. */
export type ServerMessage =
  | { readonly kind: 'answer'; readonly id: JsonRpcId }
  /** A request of the server's own. */
  | { readonly kind: 'question'; readonly id: JsonRpcId; readonly method: string }
  | { readonly kind: 'withdrawal'; readonly requestId: JsonRpcId }
  | { readonly kind: 'progress'; readonly token: JsonRpcId; readonly progress: number }
  | { readonly kind: 'notification'; readonly method: string }
  | { readonly kind: 'other' }

/** The messages in the data of an event: one, or those of a batch (MCP 2025-03-26). Never throws. */
export function readServerMessages(data: string): readonly ServerMessage[] {
  const value = parseJson(data)
  return Array.isArray(value) ? value.map(readOne) : [readOne(value)]
}

function readOne(value: unknown): ServerMessage {
  if (!isObject(value)) return { kind: 'other' }
  const { id, method } = value
  const params = isObject(value.params) ? value.params : {}
  if (typeof method !== 'string') return isId(id) ? { kind: 'answer', id } : { kind: 'other' }
  if (isId(id)) return { kind: 'question', id, method }
  const { requestId, progressToken, progress } = params
  if (method === 'notifications/cancelled' && isId(requestId)) return { kind: 'withdrawal', requestId }
  if (method === 'notifications/progress' && isId(progressToken) && typeof progress === 'number') {
    return { kind: 'progress', token: progressToken, progress }
  }
  return { kind: 'notification', method }
}

/** The data of a batch with those of its messages alone whose place in `isKept` says so. */
export function withMembers(data: string, isKept: readonly boolean[]): string {
  const value = parseJson(data)
  return Array.isArray(value) ? JSON.stringify(value.filter((_message, at) => isKept[at])) : data
}

/**
 * The same data with the ids of the server's own requests as the client may know them: with their epoch. Everything
 * else stays as it was written.
 */
export function withOutwardIds(data: string, tag: string, epoch: number): string {
  const value = parseJson(data)
  const rewrite = (message: unknown) => (isObject(message) ? rewritten(message, tag, epoch) : message)
  const changed = Array.isArray(value) ? value.map(rewrite) : rewrite(value)
  return JSON.stringify(changed)
}

function rewritten(message: JsonObject, tag: string, epoch: number): JsonObject {
  const outward = (id: unknown) => (isId(id) ? outwardRequestId(tag, { epoch, id }) : id)
  const { id, method, params } = message
  if (typeof method !== 'string') return message
  if (!isId(id)) {
    const isWithdrawal = method === 'notifications/cancelled' && isObject(params)
    return isWithdrawal ? { ...message, params: { ...params, requestId: outward(params.requestId) } } : message
  }
  const question = { ...message, id: outward(id) }
  // Its progress token is mostly the request's id, and begins again with it.
  if (!isObject(params) || !isObject(params._meta) || !isId(params._meta.progressToken)) return question
  const _meta = { ...params._meta, progressToken: outward(params._meta.progressToken) }
  return { ...question, params: { ...params, _meta } }
}
