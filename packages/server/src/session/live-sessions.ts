import type { LiveSession } from './live-session.js'

/** The sessions whose servers are in this process's memory. */
export class LiveSessions {
  readonly #byId = new Map<string, LiveSession>()
  readonly #limit: number
  readonly #idle: number
  readonly #now: () => number
  readonly #memberSince = new WeakMap<LiveSession, number>()
  /** Those whose place another one takes, while they still have calls. */
  readonly #retired = new Set<LiveSession>()
  #sweeper: NodeJS.Timeout | undefined
  #isClosed = false

  /** @param idle ms after which a server that nobody uses goes */
  constructor(limit: number, idle: number, now: () => number) {
    this.#limit = limit
    this.#idle = idle
    this.#now = now
  }

  /** Whether there is no room, and none can be made. */
  get isFull(): boolean {
    return this.#byId.size >= this.#limit && this.all().every(({ isInUse }) => isInUse)
  }

  get(sessionId: string): LiveSession | undefined {
    return this.#byId.get(sessionId)
  }

  all(): readonly LiveSession[] {
    return [...this.#byId.values()]
  }

  /** @param memberSince when it was said last that this session counts; undefined: not by this process */
  add(live: LiveSession, memberSince?: number): void {
    if (this.#isClosed) {
      void live.close()
      return
    }
    this.#byId.set(live.sessionId, live)
    if (memberSince !== undefined) this.#memberSince.set(live, memberSince)
    this.#makeRoom(live)
    this.#sweeper ??= setInterval(
      () => {
        this.#sweep()
      },
      Math.min(this.#idle, 30_000),
    ).unref()
  }

  async drop(live: LiveSession): Promise<void> {
    if (this.#byId.get(live.sessionId) === live) this.#byId.delete(live.sessionId)
    this.#retired.delete(live)
    if (this.#byId.size === 0 && this.#retired.size === 0) {
      clearInterval(this.#sweeper)
      this.#sweeper = undefined
    }
    await live.close()
  }

  /** It gets no more requests; its calls may end, unless nothing is heard of it for as long as an idle one may stay. */
  async retire(live: LiveSession): Promise<void> {
    if (live.isClosed || this.#isClosed || !live.hasCalls) return this.drop(live)
    live.standalone?.stop()
    this.#retired.add(live)
    if (this.#byId.get(live.sessionId) === live) this.#byId.delete(live.sessionId)
  }

  /** Whose calls still run, though it gets no more requests. */
  retired(sessionId: string): LiveSession | undefined {
    return [...this.#retired].reverse().find((live) => live.sessionId === sessionId)
  }

  /** Ends all of them, and each that still comes. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all([...this.all(), ...this.#retired].map((live) => this.drop(live)))
  }

  /** Whether it was said long enough ago that this session counts. */
  isMembershipDue(live: LiveSession, every: number): boolean {
    const now = this.#now()
    if (now - (this.#memberSince.get(live) ?? -Infinity) < every) return false
    this.#memberSince.set(live, now)
    return true
  }

  #sweep(): void {
    const limit = this.#now() - this.#idle
    for (const live of this.all()) if (!live.isInUse && live.lastUsed <= limit) void this.drop(live)
    for (const live of this.#retired) if (!live.hasCalls || live.lastUsed <= limit) void this.drop(live)
  }

  /** @param added it stays: its request has not begun yet */
  #makeRoom(added: LiveSession): void {
    if (this.#byId.size <= this.#limit) return
    const idle = this.all().filter((live) => live !== added && !live.isInUse)
    idle.sort((one, other) => one.lastUsed - other.lastUsed)
    for (const live of idle.slice(0, this.#byId.size - this.#limit)) void this.drop(live)
  }
}
