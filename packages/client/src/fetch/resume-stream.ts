import { discardBody } from '../base/body.js'
import { causeOf } from '../recovery/failure.js'
import { secretsOf } from '../session/secrets.js'
import type { VirtualSession } from '../session/virtual-session.js'
import type { Resumed } from '../stream/call-stream.js'
import { isChallenge } from '../wire/challenge.js'
import { isSigned } from '../wire/headers.js'
import { isLasting } from '../wire/request-progress.js'
import { retryAfterMs } from '../wire/retry-after.js'
import { isEventStream } from '../wire/sse.js'
import type { Call } from './call.js'
import { confirmLoss } from './confirm-loss.js'
import type { Seam } from './engine.js'
import { readRefusal } from './read-refusal.js'
import { renewInBackground } from './renew-in-background.js'
import { streamRequest } from './stream-request.js'

/** Another time it may go well. 409: the server has not noticed yet that the stream before this one is gone. */
export function isPassing(status: number): boolean {
  return [408, 409, 425, 429, 502, 503, 504].includes(status)
}

/**
 * Asks the server to go on with a call's stream after an event (MCP 2025-11-25, Transports, Resumability and
 * Redelivery). Rejects only when the caller gives up.
 * @param lastEventId of the session's current epoch, as the server gave it
 */
export async function resumeStream(
  seam: Seam,
  session: VirtualSession,
  call: Call,
  lastEventId: string,
): Promise<Resumed> {
  const { epoch, upstreamId } = session
  const get = streamRequest(session, call, lastEventId)
  if (isSigned(new Headers(get.init.headers))) return { kind: 'refused', cause: 'a signed request can’t be resumed' }
  let answer: Response
  try {
    answer = await seam.next(get.target, get.init)
  } catch (error) {
    call.signal?.throwIfAborted()
    const cause = causeOf(error, secretsOf(session))
    return isLasting(error) ? { kind: 'refused', cause } : { kind: 'away', cause, retryAfterMs: undefined }
  }
  const { status, headers } = answer
  if (answer.ok && answer.body && isEventStream(answer)) return { kind: 'opened', body: answer.body }

  const cause = `the stream was to be resumed, and HTTP ${String(status)} came`
  const { response, verdict } = await readRefusal(seam, get, answer, upstreamId !== undefined)
  discardBody(response)
  if (verdict.conclusion === 'lost' && session.epoch === epoch) {
    const confirmed = await confirmLoss(seam, session, get)
    // The call itself may be lost with it, but the session must not be.
    if (confirmed.verdict === 'lost' && session.epoch === epoch) {
      renewInBackground(seam, session, get, confirmed).catch(() => undefined)
    }
    return { kind: 'refused', cause }
  }
  if (isChallenge(answer)) return { kind: 'challenged', cause }
  if (isPassing(status)) return { kind: 'away', cause, retryAfterMs: retryAfterMs(headers) }
  return { kind: 'refused', cause }
}
