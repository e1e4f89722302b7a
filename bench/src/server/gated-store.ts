import type { Store } from '@mcp-tether/store'

/** Holds back what a store has done until it is told to let it go. */
export class Gate {
  /** What is done while it is open is not held. */
  isOpen = true
  #held: (() => void)[] = []

  get held(): number {
    return this.#held.length
  }

  async pass<Result>(done: Promise<Result>): Promise<Result> {
    if (!this.isOpen) await new Promise<void>((resolve) => this.#held.push(resolve))
    return done
  }

  /** Lets go what is held now. */
  release(): void {
    for (const resolve of this.#held.splice(0)) resolve()
  }
}

/** The same store, behind a gate: every operation is done at once, and is heard of when the gate lets it through. */
export function gatedStore(store: Store, gate: Gate): Store {
  return gated(store, gate)
}

function gated<Target extends object>(target: Target, gate: Gate): Target {
  return new Proxy(target, {
    get(of, name) {
      const value: unknown = Reflect.get(of, name)
      if (typeof value === 'object' && value !== null) return gated(value, gate)
      if (typeof value !== 'function') return value
      return (...given: unknown[]): unknown => {
        const result: unknown = Reflect.apply(value, of, given)
        if (result instanceof Promise) return gate.pass(result)
        if (typeof result !== 'object' || result === null) return result
        // What `append` gives is plain, with a promise in it; what `events` gives has methods.
        if (!('stored' in result)) return gated(result, gate)
        return { ...result, stored: gate.pass(result.stored as Promise<unknown>) }
      }
    },
  })
}

/**
 * How many round trips to the store have to end, one after the other, before a piece of work does: a count that no machine
 * and no network changes. What goes on at the same time is one; what the work does not wait for is none.
 */
export async function roundTripsOf(gate: Gate, work: () => Promise<unknown>): Promise<number> {
  gate.isOpen = false
  const state = { isDone: false }
  const done = work().finally(() => (state.isDone = true))
  let rounds = 0
  try {
    for (;;) {
      await quiet()
      if (state.isDone) break
      if (gate.held === 0) continue
      rounds++
      gate.release()
    }
  } finally {
    gate.isOpen = true
    gate.release()
  }
  await done
  return rounds
}

/** Until all that can go on without the store has gone on. */
async function quiet(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
}
