import { AsyncLocalStorage } from 'node:async_hooks'
import type { SessionEvents } from '@mcp-tether/store'
import type { SdkEventStore } from '../sdk/sdk.js'
import type { Dispatch } from './dispatch.js'

/** The id by which both SDK majors name the standalone stream. */
export const standaloneStreamId = '_GET_stream'

/**
 * The event store that an instance's transport writes to. Events of calls get their id at once and are stored while the
 * answer is on its way: whoever loses one by a crash finds the request noted as in flight, and says so. Events of the
 * standalone stream are promised by nothing else, and wait for the store.
 */
export class EventLog implements SdkEventStore {
  readonly #events: SessionEvents
  readonly #onEvent: (streamId: string) => void
  readonly #onFailure: (error: unknown) => void
  readonly #current = new AsyncLocalStorage<Dispatch | undefined>()
  /** What is being stored, by stream. */
  readonly #pending = new Map<string, Promise<void>>()

  constructor(
    events: SessionEvents,
    told: { onEvent: (streamId: string) => void; onFailure: (error: unknown) => void },
  ) {
    this.#events = events
    this.#onEvent = told.onEvent
    this.#onFailure = told.onFailure
  }

  /** What the SDK stores meanwhile belongs to this dispatch. */
  during<Result>(dispatch: Dispatch | undefined, work: () => Result): Result {
    return this.#current.run(dispatch, work)
  }

  /** Resolves when what was stored under a stream so far is stored, well or badly. */
  async settled(streamId: string): Promise<void> {
    await this.#pending.get(streamId)
  }

  async storeEvent(sdkStreamId: string, message: object): Promise<string> {
    const dispatch = this.#current.getStore()
    if (dispatch?.isSynthetic === true) return 'synthetic'
    if (sdkStreamId === standaloneStreamId) {
      const eventId = await this.#events.storeEvent(standaloneStreamId, message)
      this.#onEvent(standaloneStreamId)
      return eventId
    }
    const streamId = dispatch?.streamId ?? sdkStreamId
    const { eventId, stored } = this.#events.append(streamId, message)
    const done = Promise.all([stored, this.#pending.get(streamId)]).then(
      () => {
        this.#onEvent(streamId)
      },
      (error: unknown) => {
        this.#onFailure(error)
      },
    )
    this.#pending.set(streamId, done)
    void done.then(() => {
      if (this.#pending.get(streamId) === done) this.#pending.delete(streamId)
    })
    return eventId
  }

  /** The SDK never sees a `Last-Event-ID`: streams are resumed in front of it, on any replica. */
  replayEventsAfter(): Promise<string> {
    return Promise.reject(new Error('Streams are resumed in front of the transport.'))
  }
}
