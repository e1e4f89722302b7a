import type { Store } from '@mcp-tether/store'
import type { LiveSession } from '../session/live-session.js'
import type { ProcessLife } from '../session/process-life.js'
import { answerNotKept, outcomeUnknown } from '../wire/error-answers.js'
import { eventStreamAnswer } from './event-stream-answer.js'
import { follow, primingEvent, type Next } from './follow.js'
import { ensureAnswered } from './lost-answers.js'

/** ms between looks at a call that another process works on: it may die at any time. */
const lookAtOthers = 1000

/**
 * The client comes back to the stream of a call. What was stored is sent; where the call still runs, here or elsewhere, the
 * rest follows. Where its process is gone, the answer is an error that says so: never silence.
 */
export async function resumeCall(
  live: LiveSession,
  position: {
    readonly streamId: string
    readonly lastEventId: string
    /** Whether that event is in the store: its process may have died before it was. */
    readonly isStored: boolean
    readonly isPrimed: boolean
  },
  context: { store: Store; life: ProcessLife; keepAlive: number; onLostCall: () => void },
): Promise<Response> {
  const { store, life } = context
  const { sessionId } = live
  const { streamId, lastEventId, isStored, isPrimed } = position
  const events = store.events(sessionId)
  const isRunningHere = () => live.isRunning(streamId)

  async function next(): Promise<Next> {
    if (isRunningHere()) return 'wait'
    await live.settled(streamId)
    const noted = (await store.sessions.requestsInFlight(sessionId)).filter((request) => request.streamId === streamId)
    let isAnybodyThere = false
    for (const { requestId, owner } of noted) {
      if (owner !== life.owner && (await life.isAlive(owner))) {
        isAnybodyThere = true
        continue
      }
      // Of this process: the answer was given, and its note is about to go; or the store was away for one of the two.
      const standIn = owner === life.owner ? answerNotKept(requestId) : outcomeUnknown(requestId)
      const isLost = await ensureAnswered(events, streamId, standIn)
      if (isLost) context.onLostCall()
      await store.sessions.finishRequest(sessionId, requestId, owner)
    }
    if (isAnybodyThere) return 'wait'
    return 'end'
  }

  if (!isRunningHere()) await store.bus.publish(sessionId, { type: 'follow', streamId })
  const { body, stop } = follow({
    events,
    streamId,
    after: isStored ? lastEventId : undefined,
    ...(isStored ? {} : { isSeen: (eventId) => events.hasSeen(lastEventId, eventId) }),
    // Both SDKs forget where they were when this connection breaks before an event has come.
    ...(isPrimed ? { preface: primingEvent(lastEventId) } : {}),
    next,
    listen: (ring) => {
      live.bells.add(ring)
      return () => live.bells.delete(ring)
    },
    keepAlive: context.keepAlive,
    look: lookAtOthers,
    onEnd: () => live.followers.delete(stop),
  })
  live.followers.add(stop)
  return eventStreamAnswer(body, sessionId)
}
