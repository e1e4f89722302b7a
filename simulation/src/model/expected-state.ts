/** Somebody can't say what it is: a change of it got no answer. */
const uncertain = Symbol('uncertain')

/** What a client has set at its server, by the answers that it got. */
export class ExpectedState {
  readonly #values = new Map<string, string | undefined | typeof uncertain>()
  readonly #changedAt = new Map<string, number>()
  readonly #givenUp = new Set<string>()

  /** A change is about to be asked for. */
  begin(item: string): void {
    this.#values.set(item, uncertain)
  }

  accepted(item: string, value: string | undefined, at: number): void {
    this.#values.set(item, value)
    this.#changedAt.set(item, at)
  }

  /** The server did not take the change. */
  undo(item: string, before: unknown): void {
    this.#values.set(item, before as string | undefined)
  }

  /** A change was given up: when it is made, if it is, nobody can say any more. */
  giveUp(item: string): void {
    this.#givenUp.add(item)
  }

  before(item: string): unknown {
    return this.#values.get(item)
  }

  /**
   * What differs from what a session knows, of all that can be said.
   * @param before only of what was known to be accepted before this time: the rest is said in the background
   */
  differences(logLevel: string | undefined, subscriptions: ReadonlySet<string>, before = Infinity): string[] {
    const differences: string[] = []
    for (const [item, value] of this.#values) {
      if (this.#givenUp.has(item)) continue
      if (value === uncertain || (this.#changedAt.get(item) ?? 0) >= before) continue
      const known = item === 'log level' ? logLevel : subscriptions.has(item) ? 'subscribed' : undefined
      if (known !== value) differences.push(`${item} is ${String(known)} and should be ${String(value)}`)
    }
    return differences
  }
}
