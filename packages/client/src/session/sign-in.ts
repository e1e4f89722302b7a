import type { CallUnderWay } from './calls-under-way.js'

/**
 * The client's own sign-in, as far as it shows at this seam. One request is handed the server's challenge; those beside
 * it wait for the token that this brings: SDKs sign in once per challenge, and a refresh token that comes twice is
 * revoked (OAuth 2.1, 4.3.1).
 */
export class SignIn {
  #change = -1
  #begunAt = -Infinity
  #beside: WeakSet<CallUnderWay> | undefined

  /** When the last challenge was handed out, on the engine's clock. */
  get begunAt(): number {
    return this.#begunAt
  }

  /**
   * A request is handed the challenge.
   * @param change the count of `NewestHeaders.authorizationChanges` that was refused
   * @param underWay all requests of the session that are under way
   */
  begin(change: number, underWay: Iterable<CallUnderWay>, now: number): void {
    this.#change = change
    this.#begunAt = now
    this.#beside = new WeakSet(underWay)
  }

  /**
   * Whether a request that was refused with the same `Authorization` shall wait for this sign-in. One that came after
   * the challenge was handed out can only tell by the traffic that the client is still at it.
   */
  concerns(call: CallUnderWay, change: number, isSigningIn: boolean): boolean {
    return change === this.#change && (this.#beside?.has(call) === true || isSigningIn)
  }
}
