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
  async write(text: string): Promise<void> {
    if (this.#isOver) return
    this.#controller.enqueue(encoder.encode(`event: message\ndata: ${oneLine(text)}\n\n`))
    this.#first()
    if ((this.#controller.desiredSize ?? 0) > 0) return
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve)
    })
  }

  /** The server has shown that it lives. */
  stayAlive(): void {
    if (!this.#isOver && (this.#controller.desiredSize ?? 0) > 0) this.#controller.enqueue(keepAlive)
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
