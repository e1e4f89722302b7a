import type { Clock } from '../base/clock.js'
import {
  afterEnding,
  afterStart,
  freshThrottle,
  isFresh,
  remembered,
  suspendedForMs,
  type RecoveryEnding,
  type ThrottleSettings,
  type ThrottleState,
} from './throttle.js'

/** More servers in trouble than one process talks to. Beyond it the one that is known longest starts afresh. */
const maxServers = 1_000

/** The start of a recovery that was let through. */
export interface Admission {
  readonly kind: 'admitted'
  /** Has to be called once, when it has ended. */
  readonly ended: (ending: RecoveryEnding) => void
}

/** The throttles of all servers that are not in perfect health. */
export class ServerThrottles {
  readonly #settings: ThrottleSettings
  readonly #clock: Clock
  readonly #states = new Map<string, ThrottleState>()

  constructor(settings: ThrottleSettings, clock: Clock) {
    this.#settings = settings
    this.#clock = clock
  }

  /** Asks whether a recovery of this server may start; if so, it has started. */
  admit(server: string): Admission | { readonly kind: 'suspended'; readonly forMs: number } {
    const state = this.#stateOf(server)
    const forMs = suspendedForMs(state, this.#clock.now())
    if (forMs !== undefined) return { kind: 'suspended', forMs }
    const started = afterStart(state)
    this.#set(server, started)
    return {
      kind: 'admitted',
      ended: (ending) => {
        this.#end(server, ending, started.onTrial)
      },
    }
  }

  /** Something was answered on a new session, or it was lost before that. */
  told(server: string, ending: 'proven' | 'died-young'): void {
    this.#end(server, ending, false)
  }

  #end(server: string, ending: RecoveryEnding, wasTrial: boolean): void {
    this.#set(server, afterEnding(this.#stateOf(server), ending, wasTrial, this.#clock.now(), this.#settings))
  }

  #stateOf(server: string): ThrottleState {
    const state = this.#states.get(server)
    return (state && remembered(state, this.#clock.now())) ?? freshThrottle(this.#settings)
  }

  #set(server: string, state: ThrottleState): void {
    if (isFresh(state, this.#settings)) {
      this.#states.delete(server)
      return
    }
    this.#states.set(server, state)
    const [oldest] = this.#states.keys()
    if (this.#states.size > maxServers && oldest !== undefined) this.#states.delete(oldest)
  }
}
