import type { Readable } from 'node:stream'
import { maxMessageSize } from './limits.js'
import { type Line, LineSplitter } from './line-splitter.js'

export interface HostInputHandlers {
  readonly onLine: (line: Line) => void
  /** The host has closed its end. */
  readonly onEnd: () => void
}

/** Reads the host's lines, and stops doing so while there is no room for more. */
export class HostInput {
  readonly #input: Readable
  readonly #handlers: HostInputHandlers
  readonly #splitter: LineSplitter
  #ended = false

  /** A line of more than `maxBytes` is dropped. */
  constructor(input: Readable, handlers: HostInputHandlers, maxBytes: number = maxMessageSize) {
    this.#splitter = new LineSplitter(maxBytes)
    this.#input = input
    this.#handlers = handlers
    input.on('data', this.#onData)
    input.once('end', this.#onEnd)
    input.once('error', this.#onEnd)
    input.once('close', this.#onEnd)
  }

  pause(): void {
    this.#input.pause()
  }

  resume(): void {
    if (!this.#ended) this.#input.resume()
  }

  /** Reads nothing any more. */
  close(): void {
    this.#ended = true
    this.#input.off('data', this.#onData)
    this.#input.pause()
  }

  readonly #onData = (chunk: Buffer): void => {
    for (const line of this.#splitter.push(chunk)) this.#handlers.onLine(line)
  }

  readonly #onEnd = (): void => {
    if (this.#ended) return
    this.#ended = true
    const rest = this.#splitter.end()
    if (rest !== undefined) this.#handlers.onLine(rest)
    this.#handlers.onEnd()
  }
}
