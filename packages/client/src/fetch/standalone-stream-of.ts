import { abortable } from '../base/abort.js'
import { discardBody } from '../base/body.js'
import type { VirtualSession } from '../session/virtual-session.js'
import { StandaloneStream, type Reopened } from '../stream/standalone-stream.js'
import type { UpstreamStream } from '../stream/virtual-stream.js'
import { retryAfterMs } from '../wire/retry-after.js'
import { isEventStream } from '../wire/sse.js'
import { anySignal, withSignal, type Call } from './call.js'
import type { Seam } from './engine.js'
import { openUpstream, type Opened } from './open-upstream.js'
import { renewInBackground } from './renew-in-background.js'
import { isPassing } from './resume-stream.js'
import { streamRequest } from './stream-request.js'

/** The session's standalone stream as the client has it: open until the client lets go of it. */
export function standaloneStreamOf(
  seam: Seam,
  session: VirtualSession,
  call: Call,
  first: UpstreamStream | undefined,
  lastEventId?: string,
): ReadableStream<Uint8Array> {
  const { clock, random, tag, emit } = seam
  const told = { session: session.fingerprint, stream: 'standalone' } as const
  // As long as it is open, the session is in use.
  const underWay = session.calls.add(call.message)
  session.openStreams++
  const stream = new StandaloneStream(
    {
      session,
      tag,
      clock,
      random,
      signal: call.signal,
      open: (lastEventId, left) => reopen(seam, session, withSignal(call, anySignal(call.signal, left)), lastEventId),
      onNotification: (method) => {
        seam.onNotification(session, method)
      },
      onInterrupted: (reason) => {
        emit({ type: 'stream-interrupted', ...told, epoch: session.epoch, reason })
      },
      onResumed: () => {
        emit({ type: 'stream-resumed', ...told, epoch: session.epoch })
      },
      onOver: () => {
        session.calls.delete(underWay)
        session.openStreams--
      },
    },
    first,
    lastEventId,
  )
  return stream.body
}

/** Opens it once more, in a new session where the old one is lost. Rejects only when the client gives up. */
async function reopen(
  seam: Seam,
  session: VirtualSession,
  call: Call,
  lastEventId: string | undefined,
): Promise<Reopened> {
  if (session.lost || seam.renewals.underWay(session)) return renewed(renewInBackground(seam, session, call), call)
  const get = streamRequest(session, call, lastEventId)
  const { authorizationChanges: change } = session.newestHeaders
  let opened: Opened
  try {
    opened = await openUpstream(seam, session, get)
  } catch {
    call.signal?.throwIfAborted()
    return away()
  }
  switch (opened.kind) {
    case 'opened': {
      const { response, epoch } = opened
      if (response.body && isEventStream(response)) return { kind: 'opened', body: response.body, epoch }
      discardBody(response)
      return { kind: 'none' }
    }
    case 'refused': {
      const { status, headers } = opened.response
      discardBody(opened.response)
      if (status === 405 || status === 501) return { kind: 'none' }
      const { authorizationChanges } = session.newestHeaders
      const signsIn = seam.signInTraffic.hasBeen || authorizationChanges > 1
      // What was refused may be the token of before.
      if (status === 401 && signsIn && authorizationChanges === change) return { kind: 'challenged' }
      const forgetsEvents = lastEventId !== undefined && !isPassing(status)
      return { ...away(retryAfterMs(headers)), forgetsEvents, wantsSignIn: status === 401 || status === 403 }
    }
    case 'none':
      return { kind: 'none' }
    case 'lost':
      return renewed(renewInBackground(seam, session, call, opened.confirmed), call)
    case 'suspicious':
    case 'outdated':
      return away()
  }
}

/** After a renewal it is tried again at once; who watches the session's epoch knows. */
async function renewed(renewal: ReturnType<typeof renewInBackground>, { signal }: Call): Promise<Reopened> {
  const outcome = await abortable(renewal, signal)
  return away(outcome.kind === 'failed' ? outcome.outage?.retryAfterMs : undefined)
}

function away(retryAfter?: number): Extract<Reopened, { kind: 'away' }> {
  return { kind: 'away', retryAfterMs: retryAfter, forgetsEvents: false, wantsSignIn: false }
}
