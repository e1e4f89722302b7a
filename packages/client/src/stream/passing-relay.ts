import { textOf } from '../wire/byte-text.js'
import type { EventScanner } from '../wire/event-scanner.js'
import type { JsonScanner } from '../wire/json-scanner.js'
import { eventReader, isMessageType } from '../wire/sse.js'
import { discardingLines, type EventJudge, type Relay } from './relay.js'
import { scanEvents } from './scan-events.js'
import { readServerMessages } from './server-message.js'

/** Up to here it is quicker to read text than to look at bytes. */
const maxReadBytes = 2 * 1024

const encoder = new TextEncoder()
const noBytes = new Uint8Array()
const [lineFeed, firstOfMark] = [0x0a, 0xef]

/** Lets bytes pass as they are, observed in passing. */
export class PassingRelay implements Relay {
  readonly overflowed = false
  readonly #judge: EventJudge
  /** Made when something comes that is not small and whole. */
  #scanner: EventScanner<JsonScanner> | undefined
  #reader: ReturnType<typeof eventReader> | undefined

  constructor(judge: EventJudge) {
    this.#judge = judge
  }

  get isBetweenEvents(): boolean {
    return this.#scanner?.isBetweenEvents ?? true
  }

  push(chunk: Uint8Array): Uint8Array {
    if (this.isBetweenEvents && isSmallAndWhole(chunk)) {
      this.#reader ??= readerFor(this.#judge)
      this.#reader.feed(textOf(chunk))
    } else if (chunk.byteLength > 0) {
      this.#scanner ??= scanEvents(this.#judge, { isBeginning: this.#reader === undefined })
      this.#scanner.push(chunk)
    }
    return chunk
  }

  end(): Uint8Array {
    if (!this.#scanner) return noBytes
    const { isAfterReturn, isBetweenEvents, isBetweenLines } = this.#scanner
    // A carriage return may be half of a line's end: its reader waits for what comes.
    const lineEnd = isAfterReturn || !isBetweenLines ? '\n' : ''
    const rest = lineEnd + (isBetweenEvents ? '' : `${discardingLines}\n`)
    return rest === '' ? noBytes : encoder.encode(rest)
  }
}

/** Whether these bytes, which come between two events, are some whole ones: most servers write an answer at once. */
function isSmallAndWhole(chunk: Uint8Array): boolean {
  const { byteLength } = chunk
  return (
    byteLength <= maxReadBytes &&
    chunk[byteLength - 1] === lineFeed &&
    chunk[byteLength - 2] === lineFeed &&
    chunk[0] !== firstOfMark
  )
}

function readerFor(judge: EventJudge): ReturnType<typeof eventReader> {
  return eventReader({
    onEvent: ({ id, event, data }) => {
      judge.judge({ id, messages: data !== '' && isMessageType(event) ? readServerMessages(data) : [] })
    },
    onRetry: (ms) => {
      judge.onRetry(ms)
    },
  })
}
