import type { Sender } from '../recovery/handshake-requests.js'
import { listKinds } from '../session/seen-lists.js'
import { standingRequestOf } from '../session/standing-requests.js'
import type { VirtualSession } from '../session/virtual-session.js'
import { requestsIn, type JsonObject, type JsonRpcId, type OutgoingRequest } from '../wire/json-rpc.js'
import { observeAnswers, observeEvents, type Lessons } from '../wire/observe-answer.js'
import { settingsOf, type Call } from './call.js'
import type { Seam } from './engine.js'
import { mentions } from './request-body.js'

type Lesson = (result: JsonObject) => void

/** One of them is in the body of every request that there is something to learn from, also where `/` is escaped. */
const words = ['/list"', 'subscribe"', 'setLevel"']

/**
 * Takes note of what the engine has to know of a call's answer, in passing: what lists the client has seen and which
 * tools are safe to call twice, the log level and the subscriptions that the server has accepted. Other answers are not
 * looked at. However often the answer breaks off, and is resumed or asked for anew: each result counts once.
 */
export class CallLessons {
  readonly #seam: Seam
  readonly #session: VirtualSession
  readonly #call: Call
  readonly #order: number
  #learned: Set<JsonRpcId> | undefined

  /** @param order the higher, the later the client made the call */
  constructor(seam: Seam, session: VirtualSession, call: Call, order: number) {
    this.#seam = seam
    this.#session = session
    this.#call = call
    this.#order = order
  }

  /** @param epoch the one that the call was sent under */
  fromAnswer(response: Response, epoch: number): Response {
    const lessons = response.ok && this.#lessons(epoch)
    return lessons ? observeAnswers(response, lessons) : response
  }

  /** The rest of an answer whose beginning has gone by already. */
  fromRest(body: ReadableStream<Uint8Array>, epoch: number): ReadableStream<Uint8Array> {
    const lessons = this.#lessons(epoch)
    return lessons ? observeEvents(body, lessons) : body
  }

  #lessons(epoch: number): Lessons | undefined {
    const { body } = this.#call.init
    if (!words.some((word) => mentions(body, word))) return undefined
    const lessons = new Map<JsonRpcId, Lesson>()
    for (const request of requestsIn(this.#call.message())) {
      const lesson = this.#listLesson(request, epoch) ?? this.#standingLesson(request, epoch)
      if (!lesson || this.#learned?.has(request.id)) continue
      lessons.set(request.id, (result) => {
        this.#learned ??= new Set()
        if (this.#learned.has(request.id)) return
        this.#learned.add(request.id)
        lesson(result)
      })
    }
    return lessons.size === 0 ? undefined : lessons
  }

  #listLesson({ method, params }: OutgoingRequest, epoch: number): Lesson | undefined {
    const session = this.#session
    const kind = listKinds.find((list) => list.method === method)
    return (
      kind &&
      ((result) => {
        session.seenLists.note(kind, params.cursor, result, epoch)
        // A late answer of an old epoch says nothing about the tools of this one, but the client takes it for the truth.
        if (epoch < session.epoch) this.#seam.comparisons.start(session, this.#sender)
        else if (kind.capability === 'tools') session.toolHints.learn(result, this.#order)
      })
    )
  }

  #standingLesson({ method, params }: OutgoingRequest, epoch: number): Lesson | undefined {
    const session = this.#session
    const request = standingRequestOf(method, params)
    return (
      request &&
      (() => {
        const { counting, mayBeUndone } = session.standingRequests.note(request, this.#order)
        // In the first epoch nothing is said but by the client itself, in whatever order.
        const isForAnother = epoch !== session.epoch || (epoch > 1 && mayBeUndone)
        if (isForAnother) this.#seam.catchUp.add(session, this.#sender, [counting])
      })
    )
  }

  get #sender(): Sender {
    return { url: this.#call.url, send: this.#seam.next, init: settingsOf(this.#call) }
  }
}
