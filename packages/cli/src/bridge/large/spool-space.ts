/** The room that all answers on disk share. */
export class SpoolSpace {
  readonly #maxBytes: number
  #used = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  share(): SpoolShare {
    let own = 0
    return {
      take: (bytes) => {
        if (this.#used + bytes > this.#maxBytes) return false
        this.#used += bytes
        own += bytes
        return true
      },
      giveBack: () => {
        this.#used -= own
        own = 0
      },
    }
  }
}

/** What one answer has of it. */
export interface SpoolShare {
  /** False when there is no room for so much more. */
  take(bytes: number): boolean
  /** Gives everything back. */
  giveBack(): void
}
