import { outwardRequestId } from '../session/request-ids.js'
import { scalarOf, wantedMembers, type JsonOutline } from '../wire/json-outline.js'
import { isId, isObject, parseJson, type JsonObject, type JsonRpcId } from '../wire/json-rpc.js'
import type { JsonScanner } from '../wire/json-scanner.js'

/** What one message of an event stream is, as far as the engine cares. */
export type ServerMessage =
  | { readonly kind: 'answer'; readonly id: JsonRpcId }
  /** A request of the server's own. */
  | { readonly kind: 'question'; readonly id: JsonRpcId; readonly method: string }
  | { readonly kind: 'withdrawal'; readonly requestId: JsonRpcId }
  | { readonly kind: 'progress'; readonly token: JsonRpcId; readonly progress: number }
  | { readonly kind: 'notification'; readonly method: string }
  | { readonly kind: 'other' }

/** What has to be known of a message to tell what it is, and how it may pass. */
export const membersOfMessage = wantedMembers({
  id: {},
  method: {},
  result: {},
  error: {},
  params: { requestId: {}, progressToken: {}, progress: {} },
})

type Members = (name: string) => unknown

/** The messages in the data of an event: one, or those of a batch (MCP 2025-03-26). Never throws. */
export function readServerMessages(data: string): readonly ServerMessage[] {
  const value = parseJson(data)
  return Array.isArray(value) ? value.map(messageOf) : [messageOf(value)]
}

/** The same from data that were scanned for {@link membersOfMessage}: no more than a thousand of a batch. */
export function scannedMessages(data: ReturnType<JsonScanner['end']>): readonly ServerMessage[] {
  if (typeof data === 'string') return [{ kind: 'other' }]
  return data.elements ? data.elements.map(messageIn) : [messageIn(data)]
}

function messageOf(value: unknown): ServerMessage {
  if (!isObject(value)) return { kind: 'other' }
  const { params } = value
  return readOne(
    (name) => value[name],
    (name) => (isObject(params) ? params[name] : undefined),
  )
}

function messageIn({ members }: JsonOutline): ServerMessage {
  if (!members) return { kind: 'other' }
  return readOne(
    (name) => scalarOf(members.get(name)),
    (name) => scalarOf(members.get('params')?.members?.get(name)),
  )
}

function readOne(member: Members, param: Members): ServerMessage {
  const id = member('id')
  const method = member('method')
  if (typeof method !== 'string') return isId(id) ? { kind: 'answer', id } : { kind: 'other' }
  if (isId(id)) return { kind: 'question', id, method }
  const requestId = method === 'notifications/cancelled' ? param('requestId') : undefined
  if (isId(requestId)) return { kind: 'withdrawal', requestId }
  const [token, progress] = method === 'notifications/progress' ? [param('progressToken'), param('progress')] : []
  if (isId(token) && typeof progress === 'number') return { kind: 'progress', token, progress }
  return { kind: 'notification', method }
}

/**
 * Whether a message of which this much is known may pass before the rest of it has come: nothing in it has to be changed,
 * as it seems. What makes it harmless after all can be said at its end.
 */
export function mayPassInPieces({ isInvalid, outline }: JsonScanner): boolean {
  if (isInvalid) return true
  if (!outline || outline.elements) return false
  const { members } = outline
  if (!members) return true
  const method = scalarOf(members.get('method'))
  if (!members.has('method')) return members.has('result') || members.has('error')
  // Who asks something says so with an id, wherever that stands.
  return typeof method === 'string' && method.startsWith('notifications/') && method !== 'notifications/cancelled'
}

/** The data of a batch without those of its messages whose place in `isKept` says so. */
export function withMembers(data: string, isKept: readonly boolean[]): string {
  const value = parseJson(data)
  return Array.isArray(value) ? JSON.stringify(value.filter((_message, at) => isKept[at] !== false)) : data
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
