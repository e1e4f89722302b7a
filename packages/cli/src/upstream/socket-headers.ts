/** A value that any list of headers takes. */
const isPlain = /^[\x21-\x7e]+$/

/**
 * The headers of an answer as they came, read where they are. Most answers are asked for two or three of them; the
 * platform's `Headers`, which check, sort and combine all, are made for whoever wants more than that.
 */
export class SocketHeaders implements Headers {
  /** Name, value, name, value …, as `node:http` has them. */
  #raw: readonly string[]
  #real: Headers | undefined

  constructor(raw: readonly string[]) {
    this.#raw = raw
  }

  get(name: string): string | null {
    if (this.#real) return this.#real.get(name)
    const wanted = name.toLowerCase()
    let found: string | null = null
    for (let index = 0; index + 1 < this.#raw.length; index += 2) {
      const given = this.#raw[index] ?? ''
      if (given.length !== wanted.length || given.toLowerCase() !== wanted) continue
      const value = (this.#raw[index + 1] ?? '').trim()
      found = found === null ? value : `${found}, ${value}`
    }
    return found
  }

  has(name: string): boolean {
    return this.get(name) !== null
  }

  append(name: string, value: string): void {
    this.#headers().append(name, value)
  }

  delete(name: string): void {
    this.#headers().delete(name)
  }

  set(name: string, value: string): void {
    if (this.#real || !isPlain.test(value)) this.#headers().set(name, value)
    else this.#raw = [...this.#others(name.toLowerCase()), name, value]
  }

  getSetCookie(): string[] {
    // Asked of every answer, and mostly there is none.
    return this.#real || this.has('set-cookie') ? this.#headers().getSetCookie() : []
  }

  forEach(callback: (value: string, name: string, parent: Headers) => void, thisArg?: unknown): void {
    for (const [name, value] of this.#headers()) callback.call(thisArg, value, name, this)
  }

  keys(): ReturnType<Headers['keys']> {
    return this.#headers().keys()
  }

  values(): ReturnType<Headers['values']> {
    return this.#headers().values()
  }

  entries(): ReturnType<Headers['entries']> {
    return this.#headers().entries()
  }

  [Symbol.iterator](): ReturnType<Headers[typeof Symbol.iterator]> {
    return this.#headers()[Symbol.iterator]()
  }

  #others(unwanted: string): string[] {
    return this.#raw.filter((_, index) => this.#raw[index - (index % 2)]?.toLowerCase() !== unwanted)
  }

  #headers(): Headers {
    if (this.#real) return this.#real
    this.#real = new Headers()
    for (let index = 0; index + 1 < this.#raw.length; index += 2) {
      this.#real.append(this.#raw[index] ?? '', this.#raw[index + 1] ?? '')
    }
    return this.#real
  }
}
