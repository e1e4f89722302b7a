/** More methods than any client uses. */
const maxMethods = 100

const methodMember = /"method"\s*:\s*"([^"\\]{1,100})"/

/** Which methods were answered without an error in this session, as far as a cheap look can tell. */
export class AnsweredMethods {
  readonly #methods = new Set<string>()

  /** Takes note of a request's body that was answered. It is not parsed: this happens on every healthy call. */
  note(body: string): void {
    const method = methodMember.exec(body.slice(0, 2_000))?.[1]
    if (method === undefined || this.#methods.has(method) || this.#methods.size >= maxMethods) return
    // A copy: what was cut out of a body holds the whole of it in memory.
    this.#methods.add(method.split('').join(''))
  }

  has(method: string): boolean {
    return this.#methods.has(method)
  }
}
