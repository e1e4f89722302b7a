import type { SessionEvents } from '@mcp-tether/store'
import { isObject, type JsonRpcMessage } from '../wire/json-rpc.js'

/** The stream under which answers are stored that came to a process whose instance had not asked. @param tag of the one that had */
export function inboxOf(tag: string): string {
  return `to ${tag}`
}

/**
 * What other processes stored for an instance: it is in the store, so that no gap of the bus loses it, and so that it may be
 * as large as a request may be.
 */
export class Inbox {
  readonly #events: SessionEvents
  readonly #streamId: string
  readonly #receive: (message: JsonRpcMessage) => void
  #after: string | undefined
  #turn: Promise<void> = Promise.resolve()

  constructor(events: SessionEvents, tag: string, receive: (message: JsonRpcMessage) => void) {
    this.#events = events
    this.#streamId = inboxOf(tag)
    this.#receive = receive
  }

  /** Takes all that has come since the last time. @throws StoreError; what was not taken is there the next time */
  read(): Promise<void> {
    const done = this.#turn.then(() => this.#read())
    this.#turn = done.catch(() => undefined)
    return done
  }

  async #read(): Promise<void> {
    for (;;) {
      const page =
        this.#after === undefined
          ? await this.#events.readFromStart(this.#streamId)
          : (await this.#events.read(this.#after)).page
      if (page === undefined) return
      for (const { eventId, message } of page.events) {
        this.#after = eventId
        if (isObject(message)) this.#receive(message)
      }
      if (!page.more || page.events.length === 0) return
    }
  }
}
