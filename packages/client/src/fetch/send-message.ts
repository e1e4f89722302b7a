import { isCancellation } from '../recovery/replay-decision.js'
import type { VirtualSession } from '../session/virtual-session.js'
import { isId } from '../wire/json-rpc.js'
import type { Call } from './call.js'
import type { Seam } from './engine.js'
import { followAnswer, type Answering } from './follow-answer.js'
import { forUpstream } from './for-upstream.js'
import { MessageExchange } from './message-exchange.js'
import { presentAccepted } from './present.js'
import { mentions } from './request-body.js'

/** Sends a POST of a session that is ours, and gets it and its answer through the loss of that session. */
export function sendMessage(seam: Seam, session: VirtualSession, given: Call): Promise<Response> {
  session.newestHeaders.remember(given.init.headers, given.url)
  if (mentions(given.init.body, 'notifications') && takesBackWaiting(seam, session, given)) return accepted()
  const call = forUpstream(given, session, seam.tag)
  if (!call) return accepted()
  const underWay = session.calls.add(call.message)
  const exchange = new MessageExchange(seam, session, call, underWay)
  const done = () => {
    session.calls.delete(underWay)
  }
  return answered({ seam, session, call, underWay, exchange, done })
}

async function answered(answering: Answering): Promise<Response> {
  try {
    return await followAnswer(answering, await answering.exchange.run())
  } catch (error) {
    answering.done()
    throw error
  }
}

function accepted(): Promise<Response> {
  return Promise.resolve(presentAccepted())
}

/**
 * A cancellation is looked at before anything is queued: it is the only trace of a deadline that some clients leave.
 * Returns true when the server need not hear of it, because it does not know the request, or lost its session.
 */
function takesBackWaiting({ renewals }: Seam, session: VirtualSession, call: Call): boolean {
  const message = call.message()
  if (message.kind !== 'notification' || !isCancellation(message)) return false
  const { requestId } = message.params
  const unsent = isId(requestId) && session.calls.cancel(requestId)
  return unsent || session.lost || renewals.underWay(session) !== undefined
}
