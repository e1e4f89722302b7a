import type { EventData } from '@mcp-tether/client/internal'
import type { LargeReceiver, ReceivedLarge } from './large/large-receiver.js'
import type { SpoolSpace } from './large/spool-space.js'
import { maxHeldAnswerBytes, maxMessageSize } from './limits.js'

const maxPieces = 1_024
const [lineFeed, carriageReturn] = [0x0a, 0x0d]

/** The data of one event: held while they are small, on disk from then on. To be taken, or given up. */
export class MessageData implements EventData {
  readonly #space: SpoolSpace | undefined
  #pieces: Uint8Array[] = []
  /** In bytes. */
  #size = 0
  #large: LargeReceiver | undefined

  /** @param space where it goes when it is too large to be held; absent where it must be held */
  constructor(space: SpoolSpace | undefined) {
    this.#space = space
  }

  get isEmpty(): boolean {
    return this.#size === 0
  }

  push(bytes: Uint8Array, start: number, end: number): number {
    const stop = endOfLine(bytes, start, end)
    if (stop > start) this.#add(bytes.subarray(start, stop))
    return stop
  }

  lineBreak(): void {
    this.#add(Buffer.from('\n'))
  }

  /** Puts what should not be held on disk. To be called before more is read. Rejects where more has come than can be held. */
  async settle(): Promise<void> {
    if (this.#space && this.#size > maxHeldAnswerBytes) {
      const { LargeReceiver } = await import('./large/large-receiver.js')
      this.#large ??= new LargeReceiver({ space: this.#space }, false)
      for (const piece of this.#pieces.splice(0)) await this.#large.push(piece)
    } else if (this.#size > maxMessageSize) {
      throw new Error(`the event is larger than ${maxMessageSize} bytes`)
    }
  }

  /** Whole, when the event is over. An answer on disk is then the caller's to close. */
  async take(): Promise<string | ReceivedLarge> {
    await this.settle()
    const large = this.#large
    if (!large) return Buffer.concat(this.#pieces).toString('utf8')
    this.#large = undefined
    const received = await large.end()
    return received === 'cut off' ? { kind: 'no JSON', beginning: '' } : received
  }

  /** Never rejects. */
  async giveUp(): Promise<void> {
    this.#pieces = []
    await this.#large?.giveUp()
  }

  #add(piece: Uint8Array): void {
    this.#pieces.push(piece)
    this.#size += piece.byteLength
    // A server that sends a byte at a time would otherwise make us hold a hundred for each.
    if (this.#pieces.length > maxPieces) this.#pieces = [Buffer.concat(this.#pieces)]
  }
}

/** The place of the first line break, `end` when there is none. */
function endOfLine(bytes: Uint8Array, start: number, end: number): number {
  const feed = bytes.indexOf(lineFeed, start)
  const beforeFeed = feed === -1 || feed > end ? end : feed
  const back = bytes.subarray(start, beforeFeed).indexOf(carriageReturn)
  return back === -1 ? beforeFeed : start + back
}
