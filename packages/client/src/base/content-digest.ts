import { contentHash } from './content-hash.js'

/** That of the hashes: the sum of two such numbers is still exact. */
const modulus = 2 ** 52

/**
 * What is kept of a list instead of the list: how many items it has, and the sum of their hashes. A sum knows no order:
 * many servers list what a hash map holds, in another order after each start, and that is no change.
 */
export class ContentDigest {
  #count = 0
  #sum = 0

  get count(): number {
    return this.#count
  }

  add(item: unknown): void {
    this.#count++
    this.#sum = (this.#sum + contentHash(item)) % modulus
  }

  equals(other: ContentDigest): boolean {
    return this.#count === other.#count && this.#sum === other.#sum
  }
}
