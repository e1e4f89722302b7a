/** Lets a test wait until something has come about, without ever asking the clock. */
export class Changes {
  readonly #waiting = new Set<() => void>()

  /** To be called after every change that somebody may wait for. */
  changed(): void {
    for (const look of [...this.#waiting]) look()
  }

  /** Resolves as soon as `isSo` is true: now, or after one of the next changes. */
  until(isSo: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        try {
          if (!isSo()) return
          resolve()
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)))
        }
        this.#waiting.delete(look)
      }
      this.#waiting.add(look)
      look()
    })
  }
}
