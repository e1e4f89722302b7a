import { pause } from '../base/clock.js'
import type { EventListener } from '../base/events.js'
import { onUpstreamSession } from '../session/own-request.js'
import type { StandingRequest } from '../session/standing-requests.js'
import type { VirtualSession } from '../session/virtual-session.js'
import { backOffMs } from './back-off.js'
import { endSession } from './handshake-requests.js'
import { shakeHands, type AcceptedHandshake, type HandshakeInput, type NoSession } from './handshake.js'
import { restore } from './restore.js'

/**
 * How often a recovery begins a session anew, when the one before was void before it could be used. A process that
 * died at the wrong moment is met once, the end of a rolling update perhaps twice.
 */
const maxStarts = 3

export interface NewSessionInput extends HandshakeInput {
  /** The one that it is made for. */
  readonly session: VirtualSession
  readonly emit: EventListener
  /** The id of the session that was lost, where it is this session's own. */
  readonly oldSessionId: string | undefined
  /** Source of randomness for back-off: a number from 0 to 1. */
  readonly random: () => number
}

/** A session that may be used. */
export interface RestoredSession extends AcceptedHandshake {
  /** The standing requests of which there is nothing more to tell it. */
  readonly settled: ReadonlySet<StandingRequest>
}

export interface NewSession {
  readonly result: RestoredSession | NoSession
  /** How often `initialize` was sent. */
  readonly attempts: number
  /** How many of the new sessions were not known any more before they could be used. */
  readonly diedAtOnce: number
}

/**
 * Makes a new session, over the troubles that a second try mends: a server that keeps one session only is asked once to
 * end the old one first; a session that is void before it can be used is begun anew, after a pause where nobody is there. All of it within the time of the recovery.
 */
export async function makeSession(input: NewSessionInput): Promise<NewSession> {
  const { oldSessionId, clock, steps, random } = input
  let attempts = 0
  let starts = 0
  let diedAtOnce = 0
  let oldIsEnded = false
  for (;;) {
    attempts++
    const result = await openSession(input)
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

/** Nobody sees the new session before it knows what the old one knew. */
async function openSession(input: NewSessionInput): Promise<RestoredSession | NoSession> {
  const { session, steps, headers } = input
  const { standingRequests } = session
  const opened = await shakeHands(input)
  if (opened.kind !== 'accepted') return opened
  const { sessionId, protocolVersion, server } = opened
  // A server that keeps no session has nothing to remember.
  const isNothingToSay = sessionId === undefined || standingRequests.live.length === 0
  if (isNothingToSay) return { ...opened, settled: new Set(standingRequests.all) }

  const onSession = onUpstreamSession(headers(), sessionId, protocolVersion)
  const restored = await steps.run('restore', (signal) =>
    restore({ ...input, sender: input, headers: onSession, server, signal }),
  )
  if (restored.kind === 'restored') return { ...opened, settled: restored.settled }
  void endSession(input, sessionId, protocolVersion)
  if (restored.kind === 'challenged') return restored
  const failed = { kind: 'failed', step: 'restore', cause: restored.cause, remedy: 'start-over' } as const
  return restored.kind === 'away' ? { ...failed, outage: restored } : failed
}
