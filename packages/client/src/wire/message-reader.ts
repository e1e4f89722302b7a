import { isObject, parseJson, type JsonObject } from './json-rpc.js'
import { eventData } from './sse.js'
import { Utf8Pieces } from './utf8-pieces.js'

/** Enough for an `InitializeResult` with its instructions, or a long list; a server may not make us hold more. */
const maxBytes = 4 * 1024 * 1024

/**
 * Collects the text of an answer piece by piece and hands on every JSON-RPC message in it as soon as it is whole, the
 * members of a batch one by one. A JSON body is whole at its end, an event stream has a message in each event.
 */
export class MessageReader {
  readonly #decoder = new Utf8Pieces()
  readonly #events: { feed: (text: string) => void } | undefined
  readonly #onMessage: (message: JsonObject) => void
  #text = ''
  #size = 0
  #stopped = false

  constructor(eventStream: boolean, onMessage: (message: JsonObject) => void) {
    this.#onMessage = onMessage
    if (eventStream) {
      this.#events = eventData((data) => {
        this.#read(data)
      })
    }
  }

  /** Too much was read, or its owner knows enough: the rest is not looked at. */
  get isStopped(): boolean {
    return this.#stopped
  }

  stop(): void {
    this.#stopped = true
    this.#text = ''
  }

  push(chunk: Uint8Array): void {
    if (this.#stopped) return
    this.#size += chunk.byteLength
    if (this.#size > maxBytes) {
      this.stop()
      return
    }
    const text = this.#decoder.push(chunk)
    if (this.#events) this.#events.feed(text)
    else this.#text += text
  }

  end(): void {
    const text = this.#text
    this.#text = ''
    if (!this.#events) this.#read(text)
    this.#stopped = true
  }

  #read(text: string): void {
    if (this.#stopped) return
    const value = parseJson(text)
    for (const message of Array.isArray(value) ? (value as readonly unknown[]) : [value]) {
      if (isObject(message)) this.#onMessage(message)
    }
  }
}
