import { Listeners } from '../base/listeners.js'

/** More notifications than anyone sends between two events of a stream; a server may not make us hold more. */
const maxWaiting = 32

/**
 * Notifications of our own to the client, until an event stream or an answer takes them along. What waits already is
 * not said twice.
 */
export class Outbox {
  #waiting: Set<string> | undefined
  readonly #listeners = new Listeners()

  get isEmpty(): boolean {
    return this.#waiting === undefined
  }

  /** Beyond the limit the oldest is dropped. */
  add(notification: { readonly method: string; readonly params?: object }): void {
    this.#waiting ??= new Set()
    this.#waiting.add(JSON.stringify({ jsonrpc: '2.0', ...notification }))
    const [oldest] = this.#waiting
    if (this.#waiting.size > maxWaiting && oldest !== undefined) this.#waiting.delete(oldest)
    this.#listeners.tell()
  }

  /** All that wait, as the text of their messages. They are gone then. */
  takeAll(): readonly string[] {
    const all = [...(this.#waiting ?? [])]
    this.#waiting = undefined
    return all
  }

  /** Calls `listener` whenever something was added. Returns how to stop that. */
  onAdded(listener: () => void): () => void {
    return this.#listeners.add(listener)
  }
}
