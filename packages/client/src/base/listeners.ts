/** Who wants to be told of one thing. */
export class Listeners {
  /** Mostly nobody does, and there are some of these for every session. */
  #callbacks: Set<() => void> | undefined

  /** Returns how to stop being told. */
  add(callback: () => void): () => void {
    this.#callbacks ??= new Set()
    this.#callbacks.add(callback)
    return () => this.#callbacks?.delete(callback)
  }

  /** Tells everyone who listened when it began. */
  tell(): void {
    for (const callback of [...(this.#callbacks ?? [])]) callback()
  }
}
