import { contentHash, type Hash } from './content-hash.js'

/**
 * What is kept of a list instead of the list: how many items it has, and the sum of their hashes. A sum knows no order:
 * many servers list what a hash map holds, in another order after each start, and that is no change.
 */
export class ContentDigest {
  #count = 0
  #low = 0
  #high = 0

  get count(): number {
    return this.#count
  }

  add(item: unknown): void {
    const [low, high]: Hash = contentHash(item)
    this.#count++
    this.#low = (this.#low + low) | 0
    this.#high = (this.#high + high) | 0
  }

  equals(other: ContentDigest): boolean {
    return this.#count === other.#count && this.#low === other.#low && this.#high === other.#high
  }
}
