import type { AnswerSource } from './answer.js'
import type { Exchange } from './exchange.js'

/** A scripted answer that waits for its exchange. */
export interface Script {
  /** How often it was used. */
  readonly used: number
  /** Takes it back: from now on the default answer again. */
  remove(): void
}

interface Entry {
  readonly matches: (exchange: Exchange) => boolean
  readonly answer: AnswerSource
  readonly times: number
  used: number
}

/** Answers that override the default: the first one that matches and is not used up. */
export class Scripts {
  readonly #entries: Entry[] = []

  add(matches: (exchange: Exchange) => boolean, answer: AnswerSource, times: number): Script {
    const entry: Entry = { matches, answer, times, used: 0 }
    this.#entries.push(entry)
    return {
      get used() {
        return entry.used
      },
      remove: () => {
        const index = this.#entries.indexOf(entry)
        if (index >= 0) this.#entries.splice(index, 1)
      },
    }
  }

  take(exchange: Exchange): AnswerSource | undefined {
    const entry = this.#entries.find((candidate) => candidate.used < candidate.times && candidate.matches(exchange))
    if (!entry) return undefined
    entry.used++
    return entry.answer
  }
}
