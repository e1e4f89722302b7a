import { encodeEvent, eventReader, type StreamEvent } from '../wire/sse.js'
import { Utf8Pieces } from '../wire/utf8-pieces.js'
import { EventBoundary } from './event-boundary.js'

/** Is shown what passes through a {@link Relay}. */
export interface EventJudge {
  /**
   * Called for every whole event. Returns the event as the client may see it, `undefined` when it must not see it.
   * Where bytes pass as they are, what is returned changes nothing.
   */
  readonly judge: (event: StreamEvent) => StreamEvent | undefined
  /** The server's wish how long to wait before the stream is opened again, in milliseconds. */
  readonly onRetry: (ms: number) => void
}

const encoder = new TextEncoder()
const lineFeed = encoder.encode('\n')
const noBytes = new Uint8Array()

/**
 * Turns the bytes of one upstream event stream into those for the client: as they are, observed in passing, or event by
 * event.
 */
export class Relay {
  readonly #boundary = new EventBoundary()
  readonly #reader: { feed: (text: string) => void }
  readonly #text = new Utf8Pieces()
  #asIs: boolean
  #out = ''
  #overflowed = false

  constructor(judge: EventJudge, asIs: boolean) {
    this.#asIs = asIs
    const write = (...args: Parameters<typeof encodeEvent>) => {
      if (!this.#asIs) this.#out += encodeEvent(...args)
    }
    this.#reader = eventReader({
      onEvent: (event) => {
        const admitted = judge.judge(event)
        if (admitted) write(admitted)
      },
      onRetry: (ms) => {
        judge.onRetry(ms)
      },
      onComment: (comment) => {
        write({ comment })
      },
      onTooLong: () => (this.#overflowed = true),
    })
  }

  get passesAsIs(): boolean {
    return this.#asIs
  }

  /** Something else may be put in here without breaking an event. */
  get isBetweenEvents(): boolean {
    return !this.#asIs || this.#boundary.isBetweenEvents
  }

  /** An event was longer than what is held of one: what followed was not looked at. */
  get overflowed(): boolean {
    return this.#overflowed
  }

  /** From the next event on, what is judged counts. */
  stopPassingAsIs(): void {
    if (this.isBetweenEvents) this.#asIs = false
  }

  /** What the client gets of this piece. */
  push(chunk: Uint8Array): Uint8Array {
    const asIs = this.#asIs
    this.#reader.feed(this.#text.push(chunk))
    if (!asIs) return this.#flush()
    this.#boundary.push(chunk)
    return chunk
  }

  /** The upstream ended. Returns what has to follow, so that the next event is not taken for a part of the last. */
  end(): Uint8Array {
    if (!this.#asIs) return this.#flush()
    const halfLine = this.#boundary.isHalfALineEnd
    if (halfLine) this.push(lineFeed)
    const rest = (halfLine ? '\n' : '') + this.#boundary.discardingText
    this.#asIs = false
    return rest === '' ? noBytes : encoder.encode(rest)
  }

  #flush(): Uint8Array {
    const out = encoder.encode(this.#out)
    this.#out = ''
    return out
  }
}
