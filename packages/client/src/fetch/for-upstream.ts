import { readRequestId } from '../session/request-ids.js'
import type { VirtualSession } from '../session/virtual-session.js'
import { isId, isObject, parseJson, type JsonObject, type JsonRpcId } from '../wire/json-rpc.js'
import { withBody, type Call } from './call.js'
import { mentions } from './request-body.js'

/** Where one message of the client has to go. */
type Direction = 'as-it-is' | 'rewritten' | 'nowhere'

/**
 * The call with the server's own ids in place of those that the client knows. `undefined` when all of it is about
 * requests of a session that is gone: the new one may have asked another question under the same id.
 */
export function forUpstream(call: Call, session: VirtualSession, tag: string): Call | undefined {
  if (session.epoch === 1 && session.questions.size === 0) return call
  const { body } = call.init
  if (!mentions(body, '"result"') && !mentions(body, '"error"') && !mentions(body, 'progressToken')) return call
  const text = call.text()
  const value = text === undefined ? undefined : parseJson(text)
  const messages = Array.isArray(value) ? (value as unknown[]) : [value]
  const settled = messages.map((message) => settle(message, session, tag))
  if (settled.every(({ direction }) => direction === 'as-it-is')) return call
  const left = settled.filter(({ direction }) => direction !== 'nowhere').map(({ message }) => message)
  if (left.length === 0) return undefined
  return withBody(call, JSON.stringify(Array.isArray(value) ? left : left[0]))
}

function settle(
  message: unknown,
  session: VirtualSession,
  tag: string,
): { readonly direction: Direction; readonly message: unknown } {
  if (!isObject(message)) return { direction: 'as-it-is', message }
  const outward = idOfQuestionIn(message)
  if (outward === undefined) return { direction: 'as-it-is', message }
  const isAnswer = typeof message.method !== 'string'
  if (isAnswer) session.questions.settled(outward)
  const { epoch, id } = readRequestId(tag, outward)
  if (epoch !== session.epoch) return { direction: 'nowhere', message }
  if (id === outward) return { direction: 'as-it-is', message }
  const params = { ...(message.params as JsonObject | undefined), progressToken: id }
  return { direction: 'rewritten', message: isAnswer ? { ...message, id } : { ...message, params } }
}

/** The id of the server's request that this answers, or whose progress it tells; `undefined` when it is neither. */
function idOfQuestionIn({ id, method, params }: JsonObject): JsonRpcId | undefined {
  if (typeof method !== 'string') return isId(id) ? id : undefined
  const token = isObject(params) ? params.progressToken : undefined
  return method === 'notifications/progress' && isId(token) ? token : undefined
}
