/** Who wants to be told of one thing. */
export class Listeners {
  readonly #callbacks = new Set<() => void>()

  /** Returns how to stop being told. */
  add(callback: () => void): () => void {
    this.#callbacks.add(callback)
    return () => this.#callbacks.delete(callback)
  }

  /** Tells everyone who listened when it began. */
  tell(): void {
    for (const callback of [...this.#callbacks]) callback()
  }
}
