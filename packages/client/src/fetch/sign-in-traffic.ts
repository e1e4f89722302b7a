import type { Clock } from '../base/clock.js'

/** Between two requests of one sign-in no client thinks longer than this. */
const maxPauseMs = 1_000

/** The OAuth requests that pass through, untouched: they show that a client is signing in. */
export class SignInTraffic {
  readonly #clock: Clock
  #inFlight = 0
  #lastAt = -Infinity

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Whether a client has ever signed in through this middleware. */
  get hasBeen(): boolean {
    return this.#inFlight > 0 || this.#lastAt !== -Infinity
  }

  get isUnderWay(): boolean {
    return this.#inFlight > 0 || this.#clock.now() - this.#lastAt < maxPauseMs
  }

  hasBeenSince(time: number): boolean {
    return this.#inFlight > 0 || this.#lastAt >= time
  }

  /** Passes a request on, and takes note if it belongs to a sign-in. */
  async watch(url: URL, body: RequestInit['body'], pass: () => Promise<Response>): Promise<Response> {
    if (!isSignIn(url, body)) return pass()
    this.#inFlight++
    try {
      return await pass()
    } finally {
      this.#inFlight--
      this.#lastAt = this.#clock.now()
    }
  }
}

/** Discovery (RFC 8414, RFC 9728) or a token request (RFC 6749, 4.1.3 and 6), as both SDKs send them. */
function isSignIn({ pathname }: URL, body: RequestInit['body']): boolean {
  if (body instanceof URLSearchParams) return body.has('grant_type')
  return pathname.includes('/.well-known/') || (typeof body === 'string' && /(?:^|&)grant_type=/.test(body))
}
