import { listKinds } from '../session/seen-lists.js'
import { standingRequestOf } from '../session/standing-requests.js'
import type { VirtualSession } from '../session/virtual-session.js'
import { requestsIn, type JsonObject, type JsonRpcId, type OutgoingRequest } from '../wire/json-rpc.js'
import { observeAnswers } from '../wire/observe-answer.js'
import { mentions, settingsOf, type Call } from './call.js'
import type { Seam } from './engine.js'

/** Which sending of a call was answered. */
export interface Sending {
  /** The epoch that it was sent under. */
  readonly epoch: number
  /** The higher, the later the client made the call. */
  readonly order: number
}

/** One of them is in the body of every request that there is something to learn from, also where `/` is escaped. */
const words = ['/list"', 'subscribe"', 'setLevel"']

/**
 * Takes note of what the engine has to know of an answer, in passing: what lists the client has seen and which tools are
 * safe to call twice, the log level and the subscriptions that the server has accepted. Other answers are not looked at.
 */
export function learnFrom(
  seam: Seam,
  call: Call,
  response: Response,
  session: VirtualSession,
  sending: Sending,
): Response {
  if (!response.ok || !words.some((word) => mentions(call.init.body, word))) return response
  const lessons = new Map<JsonRpcId, (result: JsonObject) => void>()
  for (const request of requestsIn(call.message())) {
    const lesson =
      listLesson(seam, call, session, request, sending) ?? standingLesson(seam, call, session, request, sending)
    if (lesson) lessons.set(request.id, lesson)
  }
  return lessons.size === 0 ? response : observeAnswers(response, lessons)
}

type Lesson = (result: JsonObject) => void

function listLesson(
  { comparisons, next }: Seam,
  call: Call,
  session: VirtualSession,
  { method, params }: OutgoingRequest,
  { epoch, order }: Sending,
): Lesson | undefined {
  const kind = listKinds.find((list) => list.method === method)
  return (
    kind &&
    ((result) => {
      session.seenLists.note(kind, params.cursor, result, epoch)
      // A late answer of an old epoch says nothing about the tools of this one, but the client takes it for the truth.
      if (epoch < session.epoch) comparisons.start(session, { url: call.url, send: next, init: settingsOf(call) })
      else if (kind.capability === 'tools') session.toolHints.learn(result, order)
    })
  )
}

function standingLesson(
  { catchUp, next }: Seam,
  call: Call,
  session: VirtualSession,
  { method, params }: OutgoingRequest,
  { epoch, order }: Sending,
): Lesson | undefined {
  const request = standingRequestOf(method, params)
  return (
    request &&
    (() => {
      const counting = session.standingRequests.note(request, order)
      // Accepted by a session that is gone; or by the current one, after something that the client said later.
      if (epoch === session.epoch && (epoch === 1 || counting === request)) return
      catchUp.add(session, { url: call.url, send: next, init: settingsOf(call) }, [counting])
    })
  )
}
