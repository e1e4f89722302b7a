import type { LargeAnswer } from '../bridge/large/large-answer.js'
import { oneLine } from '../bridge/message.js'

const encoder = new TextEncoder()
const keepAlive = encoder.encode(':\n\n')

/**
 * An event stream towards the engine, as a Streamable HTTP server would send it. It holds one message: who writes the
 * next one waits until this one was taken.
 */
export class Outlet {
  readonly body: ReadableStream<Uint8Array>
  readonly #onLeft: () => void
  #controller!: ReadableStreamDefaultController<Uint8Array>
  #waiting: (() => void)[] = []
  #isOver = false
  #isWriting = false
  #first!: () => void
  /** Resolves when it holds its first message, or is over. */
  readonly hasMessage = new Promise<void>((resolve) => {
    this.#first = resolve
  })

  /** `onLeft` is called when its reader lets go of it, or when it has ended. Once. */
  constructor(onLeft: () => void) {
    this.#onLeft = onLeft
    this.body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller
      },
      pull: () => {
        this.#wake()
      },
      cancel: () => {
        this.#finish()
      },
    })
  }

  /** Resolves when the message was taken, or nobody wants it any more. */
  async write(message: string | LargeAnswer): Promise<void> {
    this.#isWriting = true
    if (typeof message === 'string') await this.#put(encoder.encode(`event: message\ndata: ${oneLine(message)}\n\n`))
    else {
      await this.#put(encoder.encode('event: message\ndata: '))
      for await (const piece of message.pieces()) {
        if (this.#isOver) break
        await this.#put(piece)
      }
      await this.#put(encoder.encode('\n\n'))
    }
    this.#isWriting = false
  }

  async #put(bytes: Uint8Array): Promise<void> {
    if (this.#isOver) return
    this.#controller.enqueue(bytes)
    this.#first()
    if ((this.#controller.desiredSize ?? 0) > 0) return
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve)
    })
  }

  /** The server has shown that it lives. */
  stayAlive(): void {
    if (this.#isOver || this.#isWriting || (this.#controller.desiredSize ?? 0) <= 0) return
    this.#controller.enqueue(keepAlive)
  }

  /** Ends it after what it holds. */
  end(): void {
    if (this.#isOver) return
    this.#controller.close()
    this.#finish()
  }

  /** Breaks it off. */
  fail(error: unknown): void {
    if (this.#isOver) return
    this.#controller.error(error)
    this.#finish()
  }

  #finish(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#wake()
    this.#first()
    this.#onLeft()
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
