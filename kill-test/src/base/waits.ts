/** Thrown where something took longer than it may. */
export class Hung extends Error {
  constructor(what: string, ms: number) {
    super(`${what}: nothing within ${Math.round(ms / 1000)} s`)
    this.name = 'Hung'
  }
}

/** Everything that is waited for, each with its deadline: so that a run that hangs can say what hung. */
export class Waits {
  readonly #pending = new Map<
    symbol,
    { readonly what: string; readonly since: number; readonly end: Promise<unknown> }
  >()

  /** @throws Hung after `ms` */
  async within<Value>(ms: number, what: string, promise: Promise<Value>): Promise<Value> {
    const wait = Symbol(what)
    let timer: NodeJS.Timeout | undefined
    const end = Promise.race([
      promise,
      new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => {
          reject(new Hung(what, ms))
        }, ms)
      }),
    ])
    this.#pending.set(wait, { what, since: Date.now(), end })
    try {
      return await end
    } finally {
      clearTimeout(timer)
      this.#pending.delete(wait)
    }
  }

  /** Resolves when nothing is waited for that is waited for since so long. */
  async noneSince(ms: number): Promise<void> {
    for (;;) {
      const latest = Date.now() - ms
      const old = [...this.#pending.values()].filter(({ since }) => since <= latest)
      if (old.length === 0) return
      await Promise.allSettled(old.map(({ end }) => end))
    }
  }

  /** What is waited for now, oldest first. */
  pending(): readonly string[] {
    const now = Date.now()
    return [...this.#pending.values()].map(({ what, since }) => `${what}, for ${Math.round((now - since) / 1000)} s`)
  }
}
