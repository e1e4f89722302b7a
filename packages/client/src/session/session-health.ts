/**
 * An upstream session that has lasted so long has shown that it works, though nobody asked it anything: an idle client
 * with an open stream meets every redeploy of its server. In milliseconds.
 */
const youthMs = 60_000

/**
 * How a virtual session fares: what its limits are decided by, and what a status page shows. Times are those of the
 * engine's clock, in milliseconds.
 */
export class SessionHealth {
  lastUsedAt: number
  losses = 0
  /** What went wrong last, fit to be shown. */
  lastError: string | undefined
  /** A request found nobody there, and none has been answered since. */
  away = false
  /** Answers in a row, since the last success, by which the server said that it has failed. */
  serverErrors = 0
  /** Upstream sessions made in a row, since the last success, on which nothing was ever answered. */
  unproven = 0
  #isOnTrial = false
  #renewedAt = 0

  constructor(now: number) {
    this.lastUsedAt = now
  }

  /** A new upstream session was made: it has yet to show that it works. */
  renewed(now: number): void {
    this.unproven++
    this.#isOnTrial = true
    this.#renewedAt = now
  }

  /** Something was answered on the current upstream session. Returns true when it is the first since the renewal. */
  succeeded(): boolean {
    this.away = false
    this.serverErrors = 0
    this.unproven = 0
    const isFirst = this.#isOnTrial
    this.#isOnTrial = false
    return isFirst
  }

  /** The current upstream session is dead. Returns true, once, when it died early and nothing was ever answered on it. */
  diedYoung(now: number): boolean {
    if (!this.#isOnTrial) return false
    this.#isOnTrial = false
    if (now - this.#renewedAt < youthMs) return true
    this.unproven = 0
    return false
  }
}
