import { discardingLines, type EventJudge, type Relay } from './relay.js'
import { scanEvents } from './scan-events.js'

const encoder = new TextEncoder()
const noBytes = new Uint8Array()

/** Lets bytes pass as they are, observed in passing. */
export class PassingRelay implements Relay {
  readonly overflowed = false
  readonly #scanner: ReturnType<typeof scanEvents>

  constructor(judge: EventJudge) {
    this.#scanner = scanEvents(judge)
  }

  get isBetweenEvents(): boolean {
    return this.#scanner.isBetweenEvents
  }

  push(chunk: Uint8Array): Uint8Array {
    this.#scanner.push(chunk)
    return chunk
  }

  end(): Uint8Array {
    const { isAfterReturn, isBetweenEvents, isBetweenLines } = this.#scanner
    // A carriage return may be half of a line's end: its reader waits for what comes.
    const lineEnd = isAfterReturn || !isBetweenLines ? '\n' : ''
    const rest = lineEnd + (isBetweenEvents ? '' : `${discardingLines}\n`)
    return rest === '' ? noBytes : encoder.encode(rest)
  }
}
