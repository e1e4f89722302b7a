/** Thrown where something took longer than it may. */
export class Hung extends Error {
  constructor(what: string, ms: number) {
    super(`${what}: nothing within ${Math.round(ms / 1000)} s`)
    this.name = 'Hung'
  }
}

/** Everything that is waited for, each with its deadline: so that a run that hangs can say what hung. */
export class Waits {
  readonly #pending = new Map<symbol, { readonly what: string; readonly since: number }>()

  /** @throws Hung after `ms` */
  async within<Value>(ms: number, what: string, promise: Promise<Value>): Promise<Value> {
    const wait = Symbol(what)
    this.#pending.set(wait, { what, since: Date.now() })
    let timer: NodeJS.Timeout | undefined
    try {
      return await Promise.race([
        promise,
        new Promise<never>((_resolve, reject) => {
          timer = setTimeout(() => {
            reject(new Hung(what, ms))
          }, ms)
        }),
      ])
    } finally {
      clearTimeout(timer)
      this.#pending.delete(wait)
    }
  }

  /** What is waited for now, oldest first. */
  pending(): readonly string[] {
    const now = Date.now()
    return [...this.#pending.values()].map(({ what, since }) => `${what}, for ${Math.round((now - since) / 1000)} s`)
  }
}
