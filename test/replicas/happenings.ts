/** ms; longer than anything takes that comes at all. */
const patience = 60_000

/** Lets a test wait for what happens elsewhere. */
export class Happenings {
  readonly #waiting = new Set<() => void>()

  /** Something is not as it was. */
  tell(): void {
    for (const look of this.#waiting) look()
  }

  /**
   * Resolves when that is so. It is asked at once, and whenever something has happened.
   * @param what for the error, where that never comes
   */
  async until(what: string, isSo: () => boolean): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!isSo()) return
        end()
        resolve()
      }
      const timer = setTimeout(() => {
        end()
        reject(new Error(`Waited for ${patience} ms, and this never came: ${what}`))
      }, patience).unref()
      const end = () => {
        clearTimeout(timer)
        this.#waiting.delete(look)
      }
      this.#waiting.add(look)
      look()
    })
  }
}
