/**
 * Decides whether one more recovery of a server makes sense, after gRPC's retry throttling (gRFC A6): a bucket of
 * tokens, of which each recovery that failed spends one, and each that was of use brings some back. While more than half
 * of the tokens are there, every recovery is tried; otherwise none, but for one trial after each pause.
 */
export interface ThrottleSettings {
  readonly maxTokens: number
  readonly tokensPerSuccess: number
  /** The first pause; each next one is twice as long. In milliseconds. */
  readonly pauseMs: number
}

/** What is known of one server. Times in milliseconds. */
export interface ThrottleState {
  readonly tokens: number
  /** When the next trial may be made. Absent while recoveries are free. */
  readonly suspendedUntil?: number
  /** Pauses in a row, without a recovery that was of use. */
  readonly pauses: number
  /** True while the one trial is under way. */
  readonly onTrial: boolean
}

/**
 * How a recovery ended:
 * - `failed`: the server did not want it, or hung;
 * - `died-young`: it worked, and the new session was lost before anything was answered on it;
 * - `accepted`: the server has made a session;
 * - `proven`: and has answered something on it;
 * - `undecided`: nobody was there, or the client has to sign in first. An outage says nothing about recoveries: it is
 *   bounded by the budgets and the back-off of those who wait.
 */
export type RecoveryEnding = 'failed' | 'died-young' | 'accepted' | 'proven' | 'undecided'

/** Longer than that, a server that is well again would be left alone for nothing. */
const maxPauseMs = 60_000

export function freshThrottle({ maxTokens }: ThrottleSettings): ThrottleState {
  return { tokens: maxTokens, pauses: 0, onTrial: false }
}

/** Returns undefined when a recovery may start now, otherwise how long none may, in milliseconds. */
export function suspendedForMs({ suspendedUntil, onTrial }: ThrottleState, now: number): number | undefined {
  if (suspendedUntil === undefined) return undefined
  if (onTrial) return Math.max(1, suspendedUntil - now)
  return suspendedUntil > now ? suspendedUntil - now : undefined
}

/** A recovery starts. */
export function afterStart(state: ThrottleState): ThrottleState {
  return state.suspendedUntil === undefined ? state : { ...state, onTrial: true }
}

/**
 * A recovery has ended, or has shown what it was worth.
 * @param wasTrial whether it was the one trial of a suspended server
 */
export function afterEnding(
  state: ThrottleState,
  ending: RecoveryEnding,
  wasTrial: boolean,
  now: number,
  settings: ThrottleSettings,
): ThrottleState {
  const { maxTokens, tokensPerSuccess, pauseMs } = settings
  const threshold = maxTokens / 2
  const onTrial = state.onTrial && !wasTrial
  switch (ending) {
    case 'undecided':
      return { ...state, onTrial }
    case 'accepted':
      // The suspension ends; but the very next failure brings it back.
      return state.suspendedUntil !== undefined && wasTrial
        ? { tokens: Math.min(maxTokens, threshold + 1), pauses: state.pauses, onTrial: false }
        : state
    case 'proven':
      return state.suspendedUntil === undefined
        ? { tokens: Math.min(maxTokens, state.tokens + tokensPerSuccess), pauses: 0, onTrial: false }
        : state
    case 'failed':
    case 'died-young': {
      const tokens = Math.max(0, state.tokens - 1)
      if (tokens > threshold) return { ...state, tokens }
      // Of many that fail together, the first suspends the server; the others only spend what they spend.
      if (state.suspendedUntil !== undefined && !wasTrial) return { ...state, tokens }
      const pause = Math.min(maxPauseMs, pauseMs * 2 ** Math.min(state.pauses, 16))
      return { tokens, suspendedUntil: now + pause, pauses: state.pauses + 1, onTrial: false }
    }
  }
}

/** The same, if it still says anything: a suspension that was over long ago and tried by nobody is about another time. */
export function remembered(state: ThrottleState, now: number): ThrottleState | undefined {
  const { suspendedUntil, onTrial } = state
  return suspendedUntil !== undefined && !onTrial && now - suspendedUntil > maxPauseMs ? undefined : state
}

/** Whether nothing is to be remembered of this server. */
export function isFresh(state: ThrottleState, { maxTokens }: ThrottleSettings): boolean {
  return state.tokens === maxTokens && state.suspendedUntil === undefined
}
