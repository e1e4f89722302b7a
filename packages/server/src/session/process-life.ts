import { randomBytes } from 'node:crypto'
import type { SessionStore } from '@mcp-tether/store'

/** How long a process counts as alive that says nothing. */
const lifetime = 6_000
const renewal = 1_500
/** Longer than this without a renewal: what kept this process from it may have ended the lease of one that lives. */
const longestGap = lifetime - renewal

/**
 * Says to the other processes that this one lives: by a lease in the store that it renews. Who holds none is gone, and what
 * was noted as its work will never be answered.
 */
export class ProcessLife {
  /** This process's name among those that share the store. */
  readonly owner = randomBytes(12).toString('base64url')
  readonly #sessions: SessionStore
  readonly #now: () => number
  /** When it said so last. */
  #renewedAt: number | undefined
  /** Since when it could say so all the time. */
  #steadySince = -Infinity
  #started: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #isEnded = false

  constructor(sessions: SessionStore, now: () => number) {
    this.#sessions = sessions
    this.#now = now
  }

  /** Resolves when the others can see it. Costs nothing once it was done. */
  async begin(): Promise<void> {
    if (this.#timer !== undefined) return
    this.#started ??= this.#begin()
    try {
      await this.#started
    } catch (error) {
      this.#started = undefined
      throw error
    }
  }

  /**
   * Whether the process of that name lives. When the store was away for this one, no other could renew its lease either: until
   * they have had the time to, all count as alive.
   */
  async isAlive(owner: string): Promise<boolean> {
    if (owner === this.owner) return true
    if ((await this.#sessions.leaseOwner(leaseId(owner), 'alive')) === owner) return true
    this.#noteGap()
    return this.#now() - this.#steadySince < lifetime
  }

  async end(): Promise<void> {
    this.#isEnded = true
    clearInterval(this.#timer)
    if (this.#started === undefined) return
    await this.#sessions.releaseLease(leaseId(this.owner), 'alive', this.owner).catch(() => undefined)
  }

  async #begin(): Promise<void> {
    await this.#renew()
    if (this.#isEnded) return
    this.#timer = setInterval(() => {
      // A store that is away for a moment is asked again in the next one.
      this.#renew().catch(() => undefined)
    }, renewal)
    this.#timer.unref()
  }

  async #renew(): Promise<void> {
    await this.#sessions.acquireLease(leaseId(this.owner), 'alive', this.owner, lifetime)
    this.#noteGap()
    this.#renewedAt = this.#now()
  }

  #noteGap(): void {
    if (this.#renewedAt !== undefined && this.#now() - this.#renewedAt > longestGap) this.#steadySince = this.#now()
  }
}

function leaseId(owner: string): string {
  return `process ${owner}`
}
