import { isAnswer, isObject, isRequest, type JsonRpcMessage, type RequestId } from './json-rpc.js'

/**
 * Server-to-client request ids start at 0 in every instance of a server, and a session has one after the other, or several
 * at a time. So outside an id carries the instance's tag, and says whether it was a number: both SDKs return it unchanged.
 */
function tagged(tag: string, id: RequestId): string {
  return `${tag}.${typeof id === 'number' ? 'n' : 's'}${id}`
}

/** @returns undefined where it is no id of an instance of ours */
export function untagged(id: unknown): { readonly tag: string; readonly id: RequestId } | undefined {
  const match = typeof id === 'string' ? /^([A-Za-z0-9_-]{8})\.([ns])(.*)$/su.exec(id) : null
  if (match?.[1] === undefined || match[3] === undefined) return undefined
  return { tag: match[1], id: match[2] === 'n' ? Number(match[3]) : match[3] }
}

/** What a server sends: requests, and the withdrawal of requests, with the id that the client is to see. */
export function outgoing<Message extends JsonRpcMessage>(tag: string, message: Message): Message {
  if (isRequest(message)) return { ...message, id: tagged(tag, message.id) }
  const params = message.params
  if (message.method !== 'notifications/cancelled' || !isObject(params)) return message
  const { requestId } = params
  if (typeof requestId !== 'string' && typeof requestId !== 'number') return message
  return { ...message, params: { ...params, requestId: tagged(tag, requestId) } }
}

/** The tag of the instance whose question this answers; undefined for everything else. */
export function answeredInstance(message: JsonRpcMessage): string | undefined {
  return isAnswer(message) ? untagged(message.id)?.tag : undefined
}
