import { discardBody, withBody } from '../base/body.js'
import { unavailabilityOf } from '../recovery/outage.js'
import type { CallUnderWay } from '../session/calls-under-way.js'
import { readEventId } from '../session/event-ids.js'
import { tellLoss } from '../session/tell-loss.js'
import type { VirtualSession } from '../session/virtual-session.js'
import { headerValue, isSigned, lastEventIdHeader } from '../wire/headers.js'
import { isLasting, progressOf } from '../wire/request-progress.js'
import type { UpstreamStream } from '../stream/virtual-stream.js'
import { isEventStream } from '../wire/sse.js'
import { answerUnlessSignedIn } from './after-challenge.js'
import type { Call } from './call.js'
import type { Seam } from './engine.js'
import { openUpstream, type Opened } from './open-upstream.js'
import { present, presentEvents, presentNoStream } from './present.js'
import { renewFor } from './renew-for.js'
import { standaloneStreamOf } from './standalone-stream-of.js'
import { streamRequest } from './stream-request.js'

/**
 * Opens an event stream of a session that is ours: the standalone one, or the rest of a call's. Whatever the server
 * answers, a session's connection must not be torn down by it: clients give up on a GET's 404, and take 405 for "none
 * offered".
 */
export async function openStream(seam: Seam, session: VirtualSession, call: Call): Promise<Response> {
  session.newestHeaders.remember(call.init.headers, call.url)
  const underWay = session.calls.add(call.message)
  try {
    return await open(seam, session, call, underWay)
  } finally {
    session.calls.delete(underWay)
  }
}

async function open(seam: Seam, session: VirtualSession, call: Call, underWay: CallUnderWay): Promise<Response> {
  const outward = headerValue(call.init.headers, lastEventIdHeader)
  const end = outward === undefined ? undefined : session.streamEnds.of(outward)
  if (end === 'answered') return presentNoStream()
  const event = outward === undefined ? undefined : readEventId(seam.tag, outward)

  const goOnAfter = () => (event?.epoch === session.epoch ? event.id : undefined)
  const standalone = (first?: UpstreamStream) => standaloneStreamOf(seam, session, call, first, goOnAfter())
  // It will come; until then nobody has anything to say on it. The call that it is the rest of is owed an answer.
  const later = () => presentEvents(end ? end(call.signal, undefined, goOnAfter()) : standalone())
  let isAgain = false
  for (let mustRenew = session.lost || seam.renewals.underWay(session) !== undefined; ;) {
    if (mustRenew) {
      const waited = await renewFor(seam, session, call, underWay)
      if (waited.kind === 'answered') return waited.answer
      // A stream may come when the session is renewed another time; its client would give it up after a few failures.
      if (waited.kind === 'away' || waited.kind === 'failed') return later()
      isAgain = true
    }
    call.signal?.throwIfAborted()
    const lastEventId = goOnAfter()
    if (event && lastEventId === undefined) {
      // The session that had the rest of it is gone.
      if (end) return presentEvents(end(call.signal, undefined, undefined))
      if (session.openStreams > 0) return presentNoStream()
    }
    const isAsItCame = session.isUnchanged && !isAgain
    const get = isAsItCame ? call : streamRequest(session, call, lastEventId)
    const { authorizationChanges: change } = session.newestHeaders
    const opened = await openOrFail(seam, session, get)
    if (end && isNoStream(opened)) {
      letGo(opened)
      return later()
    }
    switch (opened.kind) {
      case 'opened': {
        const { response, epoch } = opened
        if (response.body === null || !isEventStream(response)) return present(response, session)
        const body = end
          ? end(call.signal, response.body, lastEventId)
          : standalone({ body: response.body, epoch, asIs: epoch === 1 })
        return present(withBody(response, body), session)
      }
      case 'refused': {
        const { response } = opened
        if (response.status !== 401) return present(response, session)
        const refused = await answerUnlessSignedIn(seam, session, call, underWay, { response, change })
        if (refused) return refused
        isAgain = true
        break
      }
      case 'none':
        return presentNoStream()
      case 'away':
        letGo(opened)
        return later()
      case 'suspicious':
        return later()
      case 'outdated':
      case 'lost':
        if (isAgain) return later()
        if (opened.kind === 'lost') {
          const { rule, status } = opened.confirmed
          tellLoss(seam.emit, session, rule, status)
        }
        mustRenew = opened.kind === 'lost'
        isAgain = true
    }
  }
}

/** Neither a stream, nor anything that the client itself could do about it. */
function isNoStream(opened: Opened | Away): boolean {
  if (opened.kind === 'refused') return opened.response.status !== 401
  return opened.kind === 'none' || opened.kind === 'suspicious' || opened.kind === 'away'
}

/** Nobody is there to open it. */
interface Away {
  readonly kind: 'away'
  /** Absent when nothing was answered. */
  readonly response: Response | undefined
}

/** Nobody is going to read it. */
function letGo(opened: Opened | Away): void {
  if ('response' in opened && opened.response !== undefined) discardBody(opened.response)
}

async function openOrFail(seam: Seam, session: VirtualSession, get: Call): Promise<Opened | Away> {
  // A proof for one sending can't be sent again later.
  const mayWait = !isSigned(new Headers(get.init.headers))
  try {
    const opened = await openUpstream(seam, session, get)
    const isAway = opened.kind === 'refused' && unavailabilityOf(opened.response.status) !== undefined
    if (!isAway || !mayWait) return opened
    return { kind: 'away', response: opened.response }
  } catch (error) {
    // Where a GET was answered before, it is nothing that the platform forbids.
    const isOutage = progressOf(error) === 'not-started' || session.standaloneStreamEpoch > 0
    const isAway = mayWait && !get.signal?.aborted && !isLasting(error) && isOutage
    if (!isAway) throw error
    return { kind: 'away', response: undefined }
  }
}
