import { once } from 'node:events'
import type { Writable } from 'node:stream'

/** A longer line is written in slices of this size: written at once it would be there several times over. */
const maxLengthInOnePiece = 1024 * 1024

/** There is some. */
const room = Promise.resolve()

type Pieces = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

/**
 * Writes lines, and makes its callers wait while the reader does not read: whoever awaits `write()` holds at most the
 * one line that it is about to write.
 */
export class LineWriter {
  readonly #output: Writable
  #blocked: Promise<void> | undefined
  #closed = false
  #gathering = false

  /** `onClosed` is called once, when the reader has gone away. */
  constructor(output: Writable, onClosed: () => void) {
    this.#output = output
    const close = (): void => {
      if (this.#closed) return
      this.#closed = true
      onClosed()
    }
    output.on('error', close)
    output.on('close', close)
  }

  /** Resolves when there is room for more. `line` must not contain a line break. */
  write(line: string): Promise<void> {
    if (this.#closed) return room
    if (this.#blocked) return this.#blocked.then(() => this.write(line))
    if (line.length > maxLengthInOnePiece) return this.writePieces(slicesOf(Buffer.from(line)))
    this.#gather()
    if (this.#output.write(`${line}\n`)) return room
    return this.#block(this.#drained())
  }

  /**
   * Writes a line piece by piece, each when the one before has found room; no other line gets between. `pieces` must not
   * contain a line break. When they fail, nothing can be written any more: what came of the line can't be taken back.
   */
  async writePieces(pieces: Pieces): Promise<void> {
    while (this.#blocked && !this.#closed) await this.#blocked
    if (this.#closed) return
    await this.#block(this.#line(pieces))
  }

  async #line(pieces: Pieces): Promise<void> {
    try {
      for await (const piece of pieces) {
        if (this.#closed) return
        if (!this.#output.write(piece)) await this.#drained()
      }
      this.#output.write('\n')
    } catch (error) {
      this.#output.destroy(error instanceof Error ? error : new Error(String(error)))
    }
  }

  #block(until: Promise<void>): Promise<void> {
    return (this.#blocked = until.finally(() => {
      this.#blocked = undefined
    }))
  }

  /** Lines that come in the same turn of the event loop go out in one piece: a write costs more than a line. */
  #gather(): void {
    if (this.#gathering) return
    this.#gathering = true
    this.#output.cork()
    setImmediate(() => {
      this.#gathering = false
      this.#output.uncork()
    })
  }

  /** Resolves when everything that was written has been handed to the system, or can't be. */
  async flush(): Promise<void> {
    while (this.#blocked && !this.#closed) await this.#blocked
    if (this.#closed) return
    await new Promise<void>((resolve) => {
      this.#output.once('close', resolve)
      this.#output.once('error', () => {
        resolve()
      })
      this.#output.write('', () => {
        resolve()
      })
    })
  }

  async #drained(): Promise<void> {
    const stop = new AbortController()
    const { signal } = stop
    const drain = once(this.#output, 'drain', { signal })
    const close = once(this.#output, 'close', { signal })
    await Promise.race([drain, close]).catch(() => undefined)
    stop.abort()
    await Promise.allSettled([drain, close])
  }
}

function* slicesOf(bytes: Buffer): Generator<Uint8Array, void, undefined> {
  for (let start = 0; start < bytes.length; start += maxLengthInOnePiece) {
    yield bytes.subarray(start, start + maxLengthInOnePiece)
  }
}
