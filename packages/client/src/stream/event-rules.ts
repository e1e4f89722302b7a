import { canBeAskedFor, outwardEventId } from '../session/event-ids.js'
import { outwardRequestId } from '../session/request-ids.js'
import type { VirtualSession } from '../session/virtual-session.js'
import type { JsonRpcId } from '../wire/json-rpc.js'
import { carriesMessage, type StreamEvent } from '../wire/sse.js'
import { ProgressFilter } from './progress-filter.js'
import { readServerMessages, withMembers, withOutwardIds, type ServerMessage } from './server-message.js'

/** More than a server sends twice; it may not make us hold more. */
const maxSeenIds = 1_000

/** What the owner of a stream wants to hear of its messages. */
export interface MessageListener {
  readonly onAnswer?: (id: JsonRpcId) => void
  /** Whether the client has an answer to this request already. */
  readonly isAnswered?: (id: JsonRpcId) => boolean
  readonly onQuestion?: () => void
  readonly onNotification?: (method: string) => void
}

/** How events of one upstream may pass. */
export interface EventContext {
  readonly epoch: number
  /** The upstream goes on where another one ended, so that it may bring again what the client has. */
  readonly isContinuation: boolean
}

/**
 * The rules for the events of one stream towards the client, over all the upstreams behind it: ids carry their epoch,
 * nothing comes twice, progress never goes back, and a dead epoch asks no questions.
 */
export class EventRules {
  readonly #session: VirtualSession
  readonly #tag: string
  readonly #listener: MessageListener
  readonly #progress = new ProgressFilter()
  readonly #seenIds = new Set<string>()
  #lastEventId: string | undefined

  constructor(session: VirtualSession, tag: string, listener: MessageListener) {
    this.#session = session
    this.#tag = tag
    this.#listener = listener
  }

  /** The id to go on after in the current upstream's epoch, as the server gave it. */
  get lastEventId(): string | undefined {
    return this.#lastEventId
  }

  /** The client has had everything up to this event. */
  goOnAfter(lastEventId: string): void {
    this.#lastEventId = lastEventId
  }

  /** The ids that were seen are of a session that is gone. */
  forgetEventIds(): void {
    this.#lastEventId = undefined
    this.#seenIds.clear()
  }

  /** The event as the client may see it, `undefined` when it must not see it. */
  judge(event: StreamEvent, { epoch, isContinuation }: EventContext): StreamEvent | undefined {
    const outward = this.#withOutwardEventId(event, epoch)
    if (this.#isRepeated(event, isContinuation)) return undefined
    if (!carriesMessage(event)) return outward
    const messages = readServerMessages(event.data)
    const isAdmitted = messages.map((message) => this.#admits(message, epoch, isContinuation))
    if (messages.length > 0 && !isAdmitted.includes(true)) return undefined
    const data = isAdmitted.includes(false) ? withMembers(event.data, isAdmitted) : event.data
    const hasServerIds = messages.some(({ kind }) => kind === 'question' || kind === 'withdrawal')
    if (epoch > 1 && hasServerIds) return { ...outward, data: withOutwardIds(data, this.#tag, epoch) }
    return data === event.data ? outward : { ...outward, data }
  }

  #withOutwardEventId(event: StreamEvent, epoch: number): StreamEvent {
    const { id } = event
    return id === undefined || id === '' ? event : { ...event, id: outwardEventId(this.#tag, { epoch, id }) }
  }

  #isRepeated({ id }: StreamEvent, isContinuation: boolean): boolean {
    if (id === undefined) return false
    if (isContinuation && this.#seenIds.has(id)) return true
    this.#lastEventId = canBeAskedFor(id) ? id : undefined
    this.#seenIds.add(id)
    const [oldest] = this.#seenIds
    if (this.#seenIds.size > maxSeenIds && oldest !== undefined) this.#seenIds.delete(oldest)
    return false
  }

  #admits(message: ServerMessage, epoch: number, isContinuation: boolean): boolean {
    const { questions } = this.#session
    switch (message.kind) {
      case 'answer':
        if (isContinuation && this.#listener.isAnswered?.(message.id)) return false
        this.#listener.onAnswer?.(message.id)
        return true
      case 'question':
        this.#listener.onQuestion?.()
        // Nobody would take the answer.
        if (epoch !== this.#session.epoch) return false
        questions.asked(outwardRequestId(this.#tag, { epoch, id: message.id }), epoch)
        return true
      case 'withdrawal':
        questions.settled(outwardRequestId(this.#tag, { epoch, id: message.requestId }))
        return true
      case 'progress': {
        const { token, progress } = message
        if (isContinuation && !this.#progress.isNews(token, progress)) return false
        this.#progress.note(token, progress)
        return true
      }
      case 'notification':
        this.#listener.onNotification?.(message.method)
        return true
      case 'other':
        return true
    }
  }
}
