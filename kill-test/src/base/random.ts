/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Choices of one seed. */
export class Dice {
  readonly next: () => number
  readonly #seed: number

  constructor(seed: number) {
    this.#seed = seed
    this.next = randomFrom(seed)
  }

  /** A number from `low` to `high`. */
  between(low: number, high: number): number {
    return low + this.next() * (high - low)
  }

  /** @throws Error for an empty list */
  oneOf<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(this.next() * items.length)]
    if (item === undefined) throw new Error('There is nothing to choose from.')
    return item
  }

  /** Dice of its own for something with a number, so that nobody's choices depend on who comes first. */
  child(number: number): Dice {
    return new Dice(Math.floor(randomFrom(this.#seed ^ Math.imul(number + 1, 0x9e3779b1))() * 2 ** 32))
  }
}
