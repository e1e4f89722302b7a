import { pause } from '../base/clock.js'
import { backOffMs } from './back-off.js'
import { endSession } from './handshake-requests.js'
import { shakeHands, type HandshakeInput, type HandshakeResult } from './handshake.js'

/**
 * How often a recovery begins a session anew, when the one before was void before it was acknowledged. A process that
 * died at the wrong moment is met once, the end of a rolling update perhaps twice.
 */
const maxStarts = 3

export interface NewSessionInput extends HandshakeInput {
  /** The id of the session that was lost, where it is this session's own. */
  readonly oldSessionId: string | undefined
  /** Source of randomness for back-off: a number from 0 to 1. */
  readonly random: () => number
}

export interface NewSession {
  readonly result: HandshakeResult
  /** How often `initialize` was sent. */
  readonly attempts: number
  /** How many of the new sessions were not known any more before they were acknowledged. */
  readonly diedAtOnce: number
}

/**
 * Makes a new session, over the troubles that a second try mends: a server that keeps one session only is asked once to
 * end the old one first; a session that is void before it is acknowledged is begun anew, after a pause where nobody is
 * there. All of it within the time of the recovery.
 */
export async function makeSession(input: NewSessionInput): Promise<NewSession> {
  const { oldSessionId, clock, steps, random } = input
  let attempts = 0
  let starts = 0
  let diedAtOnce = 0
  let oldIsEnded = false
  for (;;) {
    attempts++
    const result = await shakeHands(input)
    const done = { result, attempts, diedAtOnce }
    if (result.kind !== 'failed') return done
    if (result.remedy === 'end-old-session') {
      if (oldIsEnded || oldSessionId === undefined) return done
      oldIsEnded = true
      await endSession(input, oldSessionId, input.protocolVersion, steps.leftMs)
      if (steps.leftMs === 0) return done
      continue
    }
    if (result.remedy !== 'start-over') return done
    if (result.outage === undefined) diedAtOnce++
    starts++
    const waitMs = result.outage ? (result.outage.retryAfterMs ?? backOffMs(starts, random())) : 0
    if (starts === maxStarts || waitMs >= steps.leftMs) return { ...done, diedAtOnce }
    if (waitMs > 0) await pause(clock, waitMs).over
  }
}
