/** How the body of an answer ended, as the one who has to read it sees it. */
export type BodyState = 'open' | 'read' | 'cancelled' | 'broken' | 'aborted'

/** Where a body is to end before its time. */
export interface Cut {
  /** How many bytes get through. */
  readonly at: number
  readonly how: 'reset' | 'end'
}

const encoder = new TextEncoder()

/** The body of an answer, written by the server piece by piece and handed out only when it is read. */
export class AnswerBody {
  state: BodyState = 'open'
  readonly #cut: Cut | undefined
  readonly #onOver: (() => void)[] = []
  readonly #queue: string[] = []
  #written = 0
  #end: 'end' | Error | undefined
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined
  #wake: (() => void) | undefined
  #abortReason: unknown
  #stream: ReadableStream<Uint8Array> | undefined

  constructor(cut?: Cut) {
    this.#cut = cut
  }

  get stream(): ReadableStream<Uint8Array> {
    this.#stream ??= this.#newStream()
    return this.#stream
  }

  #newStream(): ReadableStream<Uint8Array> {
    const stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller
        },
        pull: () => (this.#deliver() ? undefined : new Promise<void>((resolve) => (this.#wake = resolve))),
        cancel: () => {
          this.#over('cancelled')
        },
      },
      { highWaterMark: 0 },
    )
    if (this.#abortReason !== undefined) this.#controller?.error(this.#abortReason)
    return stream
  }

  /** All of the text at once, where it is all there and nobody has begun to read. */
  takeWhole(): string | undefined {
    const [only, ...more] = this.#queue
    if (this.#stream || this.state !== 'open' || this.#end !== 'end' || more.length > 0) return undefined
    this.#over('read')
    return only ?? ''
  }

  /** False when nothing that is written gets to a reader any more. */
  get isOpen(): boolean {
    return this.state === 'open' && this.#end === undefined
  }

  /** Calls `callback` when the body has ended in one way or another. */
  onOver(callback: () => void): void {
    this.#onOver.push(callback)
  }

  /** Writes text of one byte a letter. Returns whether all of it gets to the one who reads. */
  write(text: string): boolean {
    if (!this.isOpen) return false
    const room = (this.#cut?.at ?? Infinity) - this.#written
    this.#written += text.length
    if (room > 0) this.#queue.push(text.slice(0, room))
    if (room <= text.length) this.#end = this.#cut?.how === 'reset' ? connectionReset() : 'end'
    this.#wakeUp()
    return text.length <= room
  }

  end(): void {
    this.#end ??= 'end'
    this.#wakeUp()
  }

  /** The connection is lost. */
  break(): void {
    this.#end ??= connectionReset()
    this.#wakeUp()
  }

  /** The one who reads gave up. */
  abort(reason: unknown): void {
    if (this.state !== 'open') return
    this.#abortReason = reason
    this.#controller?.error(reason)
    this.#over('aborted')
    this.#wake?.()
  }

  #wakeUp(): void {
    if (this.#wake && this.#deliver()) {
      const wake = this.#wake
      this.#wake = undefined
      wake()
    }
  }

  /** Hands out one piece, or the end. Returns false when there is nothing yet. */
  #deliver(): boolean {
    if (this.state !== 'open') return true
    const chunk = this.#queue.shift()
    if (chunk !== undefined) this.#controller?.enqueue(encoder.encode(chunk))
    if (this.#queue.length > 0) return chunk !== undefined
    if (this.#end === 'end') {
      this.#controller?.close()
      this.#over('read')
    } else if (this.#end && chunk === undefined) {
      this.#controller?.error(this.#end)
      this.#over('broken')
    }
    return chunk !== undefined || this.#end !== undefined
  }

  #over(state: BodyState): void {
    this.state = state
    for (const callback of this.#onOver) callback()
  }
}

/** What `fetch` throws on Node when a connection breaks after the request was sent. */
export function connectionReset(): Error {
  return fetchFailed('terminated', 'ECONNRESET')
}

export function fetchFailed(message: string, code: string): Error {
  return new TypeError(message, { cause: Object.assign(new Error(code), { code }) })
}
