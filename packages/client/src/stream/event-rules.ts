import { canBeAskedFor, outwardEventId } from '../session/event-ids.js'
import { outwardRequestId } from '../session/request-ids.js'
import type { VirtualSession } from '../session/virtual-session.js'
import type { JsonRpcId } from '../wire/json-rpc.js'
import { ProgressFilter } from './progress-filter.js'
import { withMembers, withOutwardIds, type ServerMessage } from './server-message.js'

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

/** What the rules have to know of an event that is whole. */
export interface SeenEvent {
  readonly id: string | undefined
  /** None of an event that carries no message. */
  readonly messages: readonly ServerMessage[]
}

/** How an event may pass. */
export interface Passage {
  /** As the client may know it. */
  readonly id: string | undefined
  /** Makes its data what the client may see; `undefined`: as they are. */
  readonly rewrite: ((data: string) => string) | undefined
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
  /** Most streams bring one answer and nothing else. */
  #progress: ProgressFilter | undefined
  #seenIds: Set<string> | undefined
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
    this.#seenIds = undefined
  }

  /** How the event may pass, `undefined` when the client must not see it. */
  judge({ id, messages }: SeenEvent, { epoch, isContinuation }: EventContext): Passage | undefined {
    if (this.#isRepeated(id, isContinuation)) return undefined
    const outwardId = id === undefined || id === '' ? id : outwardEventId(this.#tag, { epoch, id })
    const isAdmitted = messages.map((message) => this.#admits(message, epoch, isContinuation))
    if (messages.length > 0 && !isAdmitted.includes(true)) return undefined
    const isPart = isAdmitted.includes(false)
    const hasServerIds = epoch > 1 && messages.some(({ kind }) => kind === 'question' || kind === 'withdrawal')
    if (!isPart && !hasServerIds) return { id: outwardId, rewrite: undefined }
    const rewrite = (data: string) => {
      const admitted = isPart ? withMembers(data, isAdmitted) : data
      return hasServerIds ? withOutwardIds(admitted, this.#tag, epoch) : admitted
    }
    return { id: outwardId, rewrite }
  }

  #isRepeated(id: string | undefined, isContinuation: boolean): boolean {
    if (id === undefined) return false
    if (isContinuation && this.#seenIds?.has(id)) return true
    this.#lastEventId = canBeAskedFor(id) ? id : undefined
    const seenIds = (this.#seenIds ??= new Set())
    seenIds.add(id)
    if (seenIds.size <= maxSeenIds) return false
    const [oldest] = seenIds
    if (oldest !== undefined) seenIds.delete(oldest)
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
        const filter = (this.#progress ??= new ProgressFilter())
        if (isContinuation && !filter.isNews(token, progress)) return false
        filter.note(token, progress)
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
