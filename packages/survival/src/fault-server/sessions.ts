import { randomUUID } from 'node:crypto'

/** What the server knows about one client. */
export interface Session {
  readonly id: string | undefined
  readonly clientName: string
  readonly protocolVersion: string
  initialized: boolean
}

/** Which sessions are known, which ids were ever given out, and how to speak of them without printing them. */
export class Sessions {
  readonly #known = new Map<string, Session>()
  readonly #minted: string[] = []
  readonly #counted: boolean
  #count = 0

  constructor(ids: 'random' | 'counted') {
    this.#counted = ids === 'counted'
  }

  mint(clientName: string, protocolVersion: string): Session & { id: string } {
    const id = this.#counted ? String(++this.#count) : `session-${randomUUID()}`
    const session = { id, clientName, protocolVersion, initialized: false }
    this.#known.set(id, session)
    this.#minted.push(id)
    return session
  }

  find(id: string): Session | undefined {
    return this.#known.get(id)
  }

  forget(id: string): void {
    this.#known.delete(id)
  }

  /** What a fresh process does. One that counts its ids starts again at 1. */
  forgetAll(restartCount: boolean): void {
    this.#known.clear()
    if (restartCount) this.#count = 0
  }

  get known(): readonly Session[] {
    return [...this.#known.values()]
  }

  /** Every id ever given out, for tests that look for ids where none may be. */
  get minted(): readonly string[] {
    return this.#minted
  }

  /** A printable name for an id: the n-th session made is `S<n>`. */
  label(id: string): string {
    const index = this.#minted.lastIndexOf(id)
    if (index < 0) return 'unknown'
    return `S${String(index + 1)}${this.#known.has(id) ? '' : ' (dead)'}`
  }
}
