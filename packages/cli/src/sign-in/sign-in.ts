import { deadline } from '../time/deadline.js'
import { abortable } from './abortable.js'
import { type AccessToken, afterRefusal, freshness } from './access-token.js'
import type { Need } from './need.js'
import { SignInError } from './sign-in-error.js'

export interface SignInOptions {
  /** What is stored from before; asks nobody. */
  readonly stored: () => Promise<AccessToken | undefined>
  /** Gets another token. Rejects with a SignInError, soon after the signal aborts. */
  readonly renew: (need: Need, signal: AbortSignal) => Promise<AccessToken>
  /** Longest time one sign-in may take, in milliseconds. */
  readonly timeoutMs: number
  /** Told when a sign-in that requests wait for has failed. */
  readonly onFailure?: (error: SignInError) => void
  /** The time of day. @default Date.now */
  readonly now?: () => number
}

/** A sign-in under way. */
interface Flight {
  readonly need: Need
  readonly done: Promise<void>
  readonly stop: AbortController
}

/** After a renewal ahead of time that failed, the next one waits this long: the token is still good. */
const pauseMs = 30_000

/** The sign-in of this process at one server: the token of now, and one renewal of it at a time. */
export class SignIn {
  readonly #options: SignInOptions
  readonly #now: () => number
  #token: AccessToken | undefined
  /** The value of the token that the server has let in. */
  #accepted: string | undefined
  #read: Promise<void> | undefined
  #hasRead = false
  #flight: Flight | undefined
  /** Resolves when nothing of the last one goes on any more: what was learnt is stored, and the lock free. */
  #over: Promise<unknown> = Promise.resolve()
  #notAheadUntil = 0
  #stopped = false
  #failures = 0
  #lastFailure: SignInError | undefined

  constructor(options: SignInOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
  }

  /** The token as it is, without a look at its time. */
  get token(): AccessToken | undefined {
    return this.#token
  }

  /**
   * The token for a request that is about to be sent. It waits while the one of now is known to be refused, and is
   * renewed first when its time is up; a promise only then. Rejects with a SignInError only where somebody waits for the
   * request.
   */
  current(
    isAwaited: boolean,
    signal: AbortSignal | null | undefined,
  ): AccessToken | undefined | Promise<AccessToken | undefined> {
    return this.#isAtHand ? this.#token : this.#current(isAwaited, signal)
  }

  get #isAtHand(): boolean {
    if (!this.#hasRead || this.#flight) return false
    return !this.#token || freshness(this.#token, this.#now()) === 'fresh'
  }

  async #current(isAwaited: boolean, signal: AbortSignal | null | undefined): Promise<AccessToken | undefined> {
    await (this.#read ??= this.#readStored())
    const flight = this.#flight
    if (flight?.need.why === 'unauthorized') {
      await abortable(flight.done, signal).catch((error: unknown) => {
        // What a renewal could not do without the user, this request may ask the user for.
        const isFinal = error instanceof SignInError && error.reason !== 'user-needed'
        if (signal?.aborted === true || (isAwaited && isFinal)) throw error
      })
    }
    const token = this.#token
    if (!token || this.#now() < this.#notAheadUntil) return token
    const state = freshness(token, this.#now())
    if (state === 'fresh') return token
    const ahead = this.renew({ why: 'expiring', instead: token.value, mayAskUser: false }, signal).catch(() => {
      this.#notAheadUntil = this.#now() + pauseMs
    })
    // While it is good for a little longer, nobody has to wait.
    if (state === 'expired') await ahead
    signal?.throwIfAborted()
    return this.#token
  }

  /** Counts the sign-ins that requests waited for, and that failed. */
  get failures(): number {
    return this.#failures
  }

  get lastFailure(): SignInError | undefined {
    return this.#lastFailure
  }

  /** The server has let this token in. */
  accept(token: AccessToken | undefined): void {
    if (token && token.value !== this.#accepted) this.#accepted = token.value
  }

  /** Done when there is another token than `need.instead`. Rejects with a SignInError, or when the signal aborts. */
  async renew(need: Need, signal: AbortSignal | null | undefined): Promise<void> {
    for (;;) {
      if (need.why !== 'insufficient-scope' && this.#token && this.#token.value !== need.instead) return
      const flight = (this.#flight ??= this.#start(this.#judged(need)))
      const begun = flight.need
      try {
        await abortable(flight.done, signal)
        return
      } catch (error) {
        const isMore = need.mayAskUser && !begun.mayAskUser
        if (signal?.aborted === true || !isMore || this.#stopped) throw error
      }
    }
  }

  /** Ends what is under way: a user is no longer waited for, a renewal may still come to its end within the time. */
  async close(withinMs: number): Promise<void> {
    this.#stopped = true
    const flight = this.#flight
    if (flight?.need.mayAskUser === true) flight.stop.abort()
    await abortable(this.#over, AbortSignal.timeout(withinMs)).catch(() => undefined)
    flight?.stop.abort()
  }

  async #readStored(): Promise<void> {
    this.#token = await this.#options.stored()
    this.#hasRead = true
  }

  /** Takes into account how the token came about that was refused. */
  #judged(need: Need): Need {
    const token = this.#token
    if (need.why !== 'unauthorized' || token?.value !== need.instead || !token) return need
    const accepted = this.#accepted === token.value
    switch (afterRefusal(token, { accepted, now: this.#now() })) {
      case 'renew':
        return need
      case 'ask-user':
        return { ...need, mustAskUser: true }
      case 'give-up':
        throw new SignInError(
          'token-refused',
          'The server refuses the token that its authorization server has just issued for it. ' +
            'Ask its operator; if another account or scope is needed, use --scope, or sign out with mcp-tether logout.',
        )
    }
  }

  #start(need: Need): Flight {
    if (this.#stopped) throw stoppedError()
    const stop = new AbortController()
    const { signal, cancel } = deadline(this.#options.timeoutMs, stop.signal)
    const work = this.#options.renew(need, signal)
    this.#over = work.catch(() => undefined)
    const done = this.#run(abortable(work, signal), need, stop.signal).finally(cancel)
    const flight: Flight = { need, stop, done }
    // Whoever waits hears of a failure; there may be nobody.
    flight.done.catch(() => undefined)
    return flight
  }

  async #run(work: Promise<AccessToken>, need: Need, stopped: AbortSignal): Promise<void> {
    try {
      this.#token = await work
      this.#notAheadUntil = 0
    } catch (error) {
      const failure =
        error instanceof SignInError ? error : interrupted(error, stopped.aborted, this.#options.timeoutMs)
      if (need.mayAskUser) this.#failed(failure)
      throw failure
    } finally {
      this.#flight = undefined
    }
  }

  #failed(failure: SignInError): void {
    this.#failures++
    this.#lastFailure = failure
    this.#options.onFailure?.(failure)
  }
}

function interrupted(error: unknown, stopped: boolean, timeoutMs: number): SignInError {
  if (stopped) return stoppedError()
  if (error instanceof Error && error.name === 'TimeoutError') {
    return new SignInError(
      'timed-out',
      `Nobody signed in within ${Math.round(timeoutMs / 1000)} s (--sign-in-timeout). Call again to be asked again.`,
    )
  }
  const words = error instanceof Error ? error.message : String(error)
  return new SignInError('authorization-server-refused', `The sign-in failed: ${words}`, { cause: error })
}

function stoppedError(): SignInError {
  return new SignInError('stopped', 'The bridge was stopped before the sign-in was done.')
}
