import type { Exchange, OpenExchange } from './exchange.js'

const MOST_EXCHANGES = 5000

/** Every exchange in the order of arrival, and a way to wait for one instead of sleeping. */
export class WireLog {
  readonly #exchanges: OpenExchange[] = []
  readonly #watchers = new Set<() => void>()
  #seq = 0
  #dropped = 0

  /** The exchanges so far, oldest first. At most 5000 are kept. */
  get exchanges(): readonly Exchange[] {
    return this.#exchanges
  }

  /** How many of the oldest exchanges were dropped to keep the log bounded. */
  get dropped(): number {
    return this.#dropped
  }

  add(exchange: Omit<OpenExchange, 'seq'>): OpenExchange {
    const open = { seq: ++this.#seq, ...exchange }
    this.#exchanges.push(open)
    if (this.#exchanges.length > MOST_EXCHANGES) {
      this.#exchanges.shift()
      this.#dropped++
    }
    this.changed()
    return open
  }

  markAnswered(exchange: OpenExchange): void {
    exchange.answeredSeq ??= ++this.#seq
    this.changed()
  }

  /** To be called after a member of an exchange was set. */
  changed(): void {
    for (const watcher of [...this.#watchers]) watcher()
  }

  /**
   * Resolves with the first exchange, past or to come, for which `matches` holds. It is asked again when an exchange
   * is answered, so it may look at the answer too.
   */
  async waitFor(matches: (exchange: Exchange) => boolean, signal?: AbortSignal): Promise<Exchange> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        this.#watchers.delete(look)
        signal?.removeEventListener('abort', giveUp)
      }
      const giveUp = (): void => {
        stop()
        reject(new Error('The awaited exchange was not seen'))
      }
      const look = (): void => {
        const found = this.#exchanges.find(matches)
        if (!found) return
        stop()
        resolve(found)
      }
      if (signal?.aborted) {
        giveUp()
        return
      }
      signal?.addEventListener('abort', giveUp)
      this.#watchers.add(look)
      look()
    })
  }
}
