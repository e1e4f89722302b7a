import type { Store } from '@mcp-tether/store'
import { fingerprint } from '../base/fingerprint.js'
import type { SdkServer } from '../sdk/sdk.js'
import { standaloneStreamId } from '../session/event-log.js'
import type { LiveSession } from '../session/live-session.js'
import { resumeCall } from '../stream/resume-call.js'
import { openStandaloneStream } from '../stream/standalone-stream.js'
import { errorCodes, refusal } from '../wire/error-answers.js'
import type { HandlerContext } from './handle.js'

/** A GET: the standalone stream, or that of a call to which the client comes back. */
export async function openStream<Server extends SdkServer>(
  context: HandlerContext<Server>,
  live: LiveSession,
  request: Request,
): Promise<Response> {
  const { keeper, life, settings, tell } = context
  if (request.headers.get('accept')?.includes('text/event-stream') !== true) {
    return refusal(406, errorCodes.badRequest, 'Not Acceptable: Client must accept text/event-stream')
  }
  const keepAlive = settings.transportOptions.keepAliveMs ?? 15_000
  const { store } = keeper
  const lastEventId = request.headers.get('last-event-id')
  const { status, streamId } =
    lastEventId === null
      ? { status: 'found', streamId: standaloneStreamId }
      : await positionOf(lastEventId, live.sessionId, store)
  const onStoreFailure = (error: unknown) => {
    keeper.storeFailed(live.sessionId, error)
  }
  // Events without a message, for their id alone: clients expect them from this version on.
  const isPrimed = (request.headers.get('mcp-protocol-version') ?? '') >= '2025-11-25'
  if (streamId === standaloneStreamId) {
    const ttl = () => keeper.records.ttlOf(live.record)
    const endIfGone = () => keeper.endIfGone(live)
    return openStandaloneStream(live, request, { store, keepAlive, isPrimed, ttl, endIfGone, onStoreFailure })
  }
  if (streamId === undefined || lastEventId === null)
    return refusal(400, errorCodes.badRequest, 'Invalid event ID format')
  if (status === 'found' && (await isOver(context, live, streamId, lastEventId))) {
    // SDK v1 comes back after an answer that is an error, for ever; 405 ends that without a word (and v2 never asks).
    return refusal(405, errorCodes.badRequest, 'The stream has ended, and all of it was sent', {
      headers: { allow: 'POST, DELETE' },
    })
  }
  return resumeCall(
    live,
    { streamId, lastEventId, isStored: status === 'found', isPrimed },
    {
      store,
      life,
      keepAlive,
      onLostCall: () => {
        tell({ type: 'server-outcome-unknown', session: fingerprint(live.sessionId) })
      },
    },
  )
}

/** Where a client was that comes back. @returns no stream where nobody knows of it */
async function positionOf(
  lastEventId: string,
  sessionId: string,
  store: Store,
): Promise<{ readonly status: string; readonly streamId?: string | undefined }> {
  const events = store.events(sessionId)
  const position = await events.read(lastEventId, 1)
  const { status, streamId } = position
  if (status !== 'unknown' || streamId === standaloneStreamId) return position
  const noted = await store.sessions.requestsInFlight(sessionId)
  if (noted.some((request) => request.streamId === streamId)) return position
  // A call that has ended between the two looks has stored its answer before its note went.
  const again = await events.read(lastEventId, 1)
  return again.status === 'unknown' ? { status } : again
}

/** Whether nothing follows an event of a call's stream, and nothing can follow any more. */
async function isOver<Server extends SdkServer>(
  { keeper: { store } }: HandlerContext<Server>,
  live: LiveSession,
  streamId: string,
  lastEventId: string,
): Promise<boolean> {
  const { sessionId } = live
  if (live.isRunning(streamId)) return false
  const noted = await store.sessions.requestsInFlight(sessionId)
  if (noted.some((request) => request.streamId === streamId)) return false
  // Read last: a call that has just ended has stored its answer before its note went.
  const { page } = await store.events(sessionId).read(lastEventId, 1)
  return page?.events.length === 0
}
