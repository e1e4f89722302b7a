import type { SessionEvents } from '@mcp-tether/store'
import type { SdkEventStore } from '../sdk/sdk.js'
import { answerNotKept } from '../wire/error-answers.js'
import { isAnswer } from '../wire/json-rpc.js'
import type { Dispatch } from './dispatch.js'

/** The id by which both SDK majors name the standalone stream. */
export const standaloneStreamId = '_GET_stream'

/**
 * The event store that an instance's transport writes to. Events of calls get their id at once and are stored while the
 * answer is on its way: whoever loses one by a crash finds the request noted as in flight, and says so. Events of the
 * standalone stream are promised by nothing else, and wait for the store.
 *
 * The SDK does not say which request it stores an event for. An AsyncLocalStorage would know, but on Node before 24 it makes
 * every promise of the process dearer; so messages are known by themselves, and streams are opened one after the other.
 */
export class EventLog implements SdkEventStore {
  readonly #events: SessionEvents
  readonly #onEvent: (streamId: string) => void
  readonly #onFailure: (error: unknown) => void
  readonly #dispatchOf = new WeakMap<object, Dispatch>()
  /** The dispatch whose stream the SDK opens now. */
  #opening: { readonly dispatch: Dispatch; readonly isOpen: Promise<void>; readonly opened: () => void } | undefined
  /** What is being stored, or was not, by stream. */
  readonly #pending = new Map<string, Promise<boolean>>()
  /** While a handshake is said again: what the server says unasked then was said to the client before. */
  isMuted = false

  constructor(
    events: SessionEvents,
    told: { onEvent: (streamId: string) => void; onFailure: (error: unknown) => void },
  ) {
    this.#events = events
    this.#onEvent = told.onEvent
    this.#onFailure = told.onFailure
  }

  /** Hands a POST to the SDK. The next one waits until this one's stream is open or refused: some microtasks. */
  async opening<Result>(dispatch: Dispatch, work: () => Promise<Result>): Promise<Result> {
    while (this.#opening !== undefined) await this.#opening.isOpen
    let opened: () => void = () => undefined
    const isOpen = new Promise<void>((resolve) => (opened = resolve))
    const mine = { dispatch, isOpen, opened }
    this.#opening = mine
    try {
      return await work()
    } finally {
      if (this.#opening === mine) this.#opened()
    }
  }

  /** This message, the very object, belongs to this dispatch. */
  belongs(message: object, dispatch: Dispatch): void {
    this.#dispatchOf.set(message, dispatch)
  }

  /** Resolves when what came under a stream so far was stored. @returns false where something of it could not be */
  async settled(streamId: string): Promise<boolean> {
    return (await this.#pending.get(streamId)) ?? true
  }

  /** Nobody asks any more what could not be stored of a stream. */
  forget(streamId: string): void {
    const known = this.#pending.get(streamId)
    void known?.then((isStored) => {
      if (!isStored && this.#pending.get(streamId) === known) this.#pending.delete(streamId)
    })
  }

  async storeEvent(sdkStreamId: string, message: object): Promise<string> {
    if (sdkStreamId === standaloneStreamId) {
      if (this.isMuted) return 'synthetic'
      const eventId = await this.#events.storeEvent(standaloneStreamId, message)
      this.#onEvent(standaloneStreamId)
      return eventId
    }
    const isPriming = !('jsonrpc' in message)
    const dispatch = isPriming ? this.#opened() : this.#dispatchOf.get(message)
    if (dispatch?.isSynthetic === true) return 'synthetic'
    const streamId = dispatch?.streamId ?? sdkStreamId
    // Nothing is in it that has to be kept: the whole stream comes after it.
    return isPriming ? this.#events.startOf(streamId) : this.#append(streamId, message)
  }

  /** The SDK never sees a `Last-Event-ID`: streams are resumed in front of it, on any replica. */
  replayEventsAfter(): Promise<string> {
    return Promise.reject(new Error('Streams are resumed in front of the transport.'))
  }

  #opened(): Dispatch | undefined {
    const was = this.#opening
    this.#opening = undefined
    was?.opened()
    return was?.dispatch
  }

  /** Where the store can't take it, what stands in for it: the client that is there gets the message all the same. */
  #toAppend(streamId: string, message: object): ReturnType<SessionEvents['append']> {
    try {
      return this.#events.append(streamId, message)
    } catch (error) {
      this.#onFailure(error)
      return this.#events.append(streamId, isAnswer(message) ? answerNotKept(message.id) : {})
    }
  }

  #append(streamId: string, message: object): string {
    const { eventId, stored } = this.#toAppend(streamId, message)
    const before = this.#pending.get(streamId) ?? true
    const done = Promise.all([before, stored]).then(
      ([wasStored]) => {
        this.#onEvent(streamId)
        return wasStored
      },
      (error: unknown) => {
        this.#onFailure(error)
        return false
      },
    )
    this.#pending.set(streamId, done)
    void done.then((isStored) => {
      if (isStored && this.#pending.get(streamId) === done) this.#pending.delete(streamId)
    })
    return eventId
  }
}
