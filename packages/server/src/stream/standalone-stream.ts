import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Store } from '@mcp-tether/store'
import { standaloneStreamId } from '../session/event-log.js'
import type { LiveSession } from '../session/live-session.js'
import { errorCodes, refusal } from '../wire/error-answers.js'
import { eventStreamAnswer } from './event-stream-answer.js'
import { follow, primingEvent } from './follow.js'

const leaseName = 'standalone stream'
const leaseTime = 15_000
const leaseRenewal = 5_000
/** One that is held by nobody: that there is one says that there was a stream. The log does not, once it is trimmed. */
const openedBefore = { name: 'standalone stream was open', owner: 'anybody' }
/**
 * How long another process is given to let go, in ms, and how often is looked. A little more than a notice takes where no
 * file system tells of it (LMDB: 250): after a crash nobody lets go, and the client waits all of it.
 */
const patience = 300
const pace = 50

/** ms between looks at the store, where a bell should have rung. */
const look = 5_000

/**
 * The session's standalone stream: one at a time, on the process to which the client came last. The one before lets go.
 */
export async function openStandaloneStream(
  live: LiveSession,
  request: Request,
  context: {
    store: Store
    keepAlive: number
    isPrimed: boolean
    /** What remains of the session's time, in ms. */
    ttl: () => number
    /** Ends the stream where the session is no more: this process may not have been told, or its time is over. */
    endIfGone: () => Promise<void>
    onStoreFailure: (error: unknown) => void
  },
): Promise<Response> {
  const { store, isPrimed } = context
  const { sessionId } = live
  // A client whose connection broke comes back before this end has noticed: the new stream takes the place of the old one.
  live.standalone?.stop()
  const owner = randomBytes(12).toString('base64url')
  let stop: () => void = () => undefined
  const leaving = new AbortController()
  live.standalone = {
    owner,
    stop: () => {
      leaving.abort()
      stop()
    },
  }
  const forget = () => {
    if (live.standalone?.owner === owner) live.standalone = undefined
  }
  const { sessions } = store
  const remember = () => sessions.acquireLease(sessionId, openedBefore.name, openedBefore.owner, context.ttl())
  try {
    await takeLease(store, sessionId, owner)
    const events = store.events(sessionId)
    const lastEventId = request.headers.get('last-event-id')
    if (lastEventId !== null && (await events.read(lastEventId, 1)).status !== 'found') {
      forget()
      await sessions.releaseLease(sessionId, leaseName, owner)
      return refusal(400, errorCodes.badRequest, 'Bad Request: events after this Last-Event-ID are not kept any more')
    }
    // A mark in the log says where a new stream begins; the client learns it, and can come back to it.
    const isFirst = lastEventId === null && (await sessions.leaseOwner(sessionId, openedBefore.name)) === undefined
    const mark = lastEventId === null ? await events.storeEvent(standaloneStreamId, {}) : undefined
    await remember()
    // A stream that is resumed begins with where it was: both SDKs forget that when it breaks before an event has come.
    const position = isFirst ? undefined : (lastEventId ?? mark)
    const renewing = setInterval(() => {
      // Taken anew where it ended while the store was away, and nobody came.
      const lease = sessions.acquireLease(sessionId, leaseName, owner, leaseTime)
      Promise.all([lease, context.endIfGone()]).then(
        ([{ held }]) => {
          if (!held) stop()
        },
        (error: unknown) => {
          context.onStoreFailure(error)
        },
      )
    }, leaseRenewal)
    renewing.unref()
    const stream = follow({
      events,
      streamId: standaloneStreamId,
      // The first stream of a session begins with what waited for it.
      after: position,
      ...(position !== undefined && isPrimed ? { preface: primingEvent(position) } : {}),
      isWhole: true,
      withMarks: isFirst && isPrimed,
      next: () => Promise.resolve('wait'),
      listen: (ring) => {
        live.bells.add(ring)
        return () => live.bells.delete(ring)
      },
      keepAlive: context.keepAlive,
      look: Math.min(look, context.keepAlive),
      onEnd: () => {
        clearInterval(renewing)
        live.followers.delete(stop)
        forget()
        Promise.all([remember(), sessions.releaseLease(sessionId, leaseName, owner)]).catch((error: unknown) => {
          context.onStoreFailure(error)
        })
      },
    })
    stop = stream.stop
    live.followers.add(stop)
    if (leaving.signal.aborted || live.isClosed) stop()
    return eventStreamAnswer(stream.body, sessionId)
  } catch (error) {
    forget()
    throw error
  }
}

/** Takes it from whoever has it: a client that comes here has left there, or nobody may have noticed yet. */
async function takeLease({ sessions, bus }: Store, sessionId: string, owner: string): Promise<void> {
  let lease = await sessions.acquireLease(sessionId, leaseName, owner, leaseTime)
  if (lease.held) return
  await bus.publish(sessionId, { type: 'yield', owner: lease.owner })
  for (let waited = 0; waited < patience; waited += pace) {
    await pause(pace)
    lease = await sessions.acquireLease(sessionId, leaseName, owner, leaseTime)
    if (lease.held) return
  }
  // Its process is gone, or doesn't listen: it sees that the lease is lost when it renews it.
  await sessions.releaseLease(sessionId, leaseName, lease.owner)
  await sessions.acquireLease(sessionId, leaseName, owner, leaseTime)
}
