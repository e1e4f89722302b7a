import { joined, textOf } from '../wire/byte-text.js'
import type { LineKind } from '../wire/event-scanner.js'
import { encodeEvent, lastEventData } from '../wire/sse.js'
import type { Passage } from './event-rules.js'
import { discardingLines, type EventJudge, type Relay } from './relay.js'
import { scanEvents } from './scan-events.js'
import { mayPassInPieces } from './server-message.js'

/** An event is held until it is whole, unless it is longer than this and nothing in it has to be changed. */
const maxWaitingBytes = 64 * 1024
/** What has to be held whole is held up to this. More than a server asks a client; it may not make us hold more. */
const maxHeldBytes = 64 * 1024 * 1024

/** Lines may be short, and each is a piece for itself at first. */
const maxPieces = 4096

const encoder = new TextEncoder()
const lineFeed = encoder.encode('\n')
const noBytes = new Uint8Array()
/** Stands where an event has its id. */
const idPlace = new Uint8Array()

/**
 * Writes the events of an upstream as the client may see them: with the ids that it may know, or not at all. Comments
 * pass, `retry` does not: it is the engine that comes back to the server. An event that is too long to be held passes as
 * it comes, and is made harmless at its end if the client must not see it.
 */
export class RewritingRelay implements Relay {
  readonly #scanner: ReturnType<typeof scanEvents>
  readonly #maxBytes: number
  #out: Uint8Array[] = []
  /** The event that has begun, without its id: that is written anew. */
  #held: Uint8Array[] = []
  #heldBytes = 0
  /** How many pieces of what is held are large. */
  #settled = 0
  /** The event that has begun passes as it comes. */
  #isPassing = false
  /** What was written has not come to the end of a line. */
  #isWithinLine = false
  /** What was written wants a blank line. */
  #isOpen = false
  #overflowed = false

  /** @param maxBytes for how long an event waits for its end, when nothing in it has to be changed */
  constructor(judge: EventJudge, maxBytes = maxWaitingBytes) {
    this.#maxBytes = maxBytes
    this.#scanner = scanEvents(judge, {
      onJudged: this.#onJudged.bind(this),
      onBytes: (kind, bytes) => {
        if (isWritten(kind)) this.#write(kind, bytes)
      },
      onLineEnd: (kind) => {
        if (isWritten(kind)) this.#write(kind, lineFeed)
        else if (kind === 'id') this.#leavePlaceForId()
        else if (kind === 'blank') this.#endEvent()
      },
    })
  }

  get isBetweenEvents(): boolean {
    return !this.#isPassing && !this.#isWithinLine
  }

  get overflowed(): boolean {
    return this.#overflowed
  }

  push(chunk: Uint8Array): Uint8Array {
    this.#scanner.push(chunk)
    return this.#flush()
  }

  end(): Uint8Array {
    if (this.#isWithinLine) this.#out.push(lineFeed)
    if (this.#isPassing) this.#out.push(encoder.encode(`${discardingLines}\n`))
    return this.#flush()
  }

  #flush(): Uint8Array {
    const out = this.#out
    this.#out = []
    return out.length === 0 ? noBytes : joined(out)
  }

  #write(kind: LineKind, bytes: Uint8Array): void {
    const isOutside = kind === 'comment' && this.#heldBytes === 0
    if (this.#isPassing || isOutside) {
      this.#out.push(bytes)
      this.#isWithinLine = bytes !== lineFeed
      this.#isOpen = true
      return
    }
    if (this.#overflowed) return
    this.#held.push(bytes)
    this.#heldBytes += bytes.byteLength
    if (this.#held.length - this.#settled > maxPieces) this.#settle()
    if (this.#heldBytes <= this.#maxBytes) return
    const { data } = this.#scanner
    if (data && mayPassInPieces(data)) this.#passAsItComes(bytes !== lineFeed)
    else if (this.#heldBytes > maxHeldBytes) this.#overflow()
  }

  #leavePlaceForId(): void {
    if (!this.#isPassing && !this.#held.includes(idPlace)) this.#held.push(idPlace)
  }

  #settle(): void {
    const pieces = this.#held.splice(this.#settled)
    if (pieces.includes(idPlace)) this.#settled = this.#held.push(idPlace)
    this.#settled = this.#held.push(joined(pieces))
  }

  #passAsItComes(isWithinLine: boolean): void {
    for (const piece of this.#held) this.#out.push(piece)
    this.#isPassing = true
    this.#isWithinLine = isWithinLine
    this.#isOpen = true
    this.#letGo()
  }

  #overflow(): void {
    this.#overflowed = true
    this.#letGo()
  }

  #letGo(): void {
    this.#held = []
    this.#heldBytes = 0
    this.#settled = 0
  }

  #onJudged(passage: Passage | undefined, type: string | undefined): void {
    if (this.#overflowed) return
    if (this.#isPassing) {
      // What turns out to be a question can't be answered under the id that it has.
      this.#out.push(encoder.encode(!passage || passage.rewrite ? discardingLines : idLine(passage)))
      return
    }
    if (!passage) return
    this.#isOpen = true
    if (passage.rewrite) {
      const data = passage.rewrite(lastEventData(textOf(joined(this.#held))) ?? '')
      this.#out.push(encoder.encode(encodeEvent({ id: passage.id, event: type, data }).slice(0, -1)))
    } else for (const piece of this.#held) this.#out.push(piece === idPlace ? encoder.encode(idLine(passage)) : piece)
  }

  #endEvent(): void {
    if (this.#isOpen) this.#out.push(lineFeed)
    this.#isOpen = false
    this.#isPassing = false
    this.#letGo()
  }
}

/** Ids are written by {@link RewritingRelay} itself; what is no field means nothing. */
function isWritten(kind: LineKind): boolean {
  return kind === 'data' || kind === 'event' || kind === 'comment'
}

function idLine({ id }: Passage): string {
  return id === undefined ? '' : `id: ${id}\n`
}
