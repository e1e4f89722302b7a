import { withBody } from '../base/body.js'
import { isAcceptingEvents } from '../wire/headers.js'
import type { CallUnderWay } from '../session/calls-under-way.js'
import type { VirtualSession } from '../session/virtual-session.js'
import { requestIds } from '../wire/json-rpc.js'
import { encodeEvent, isEventStream } from '../wire/sse.js'
import type { Call } from './call.js'
import { callStreamOf } from './call-stream-of.js'
import type { Seam } from './engine.js'
import type { MessageExchange } from './message-exchange.js'
import { readWhole } from './read-whole.js'

/** One POST whose answer has begun to come. */
export interface Answering {
  readonly seam: Seam
  readonly session: VirtualSession
  readonly call: Call
  readonly underWay: CallUnderWay
  readonly exchange: MessageExchange
  /** To be called once, when nothing more is to be done for it. */
  readonly done: () => void
}

/**
 * The answer as the client may read it: it does not end before it is whole, or says why not. What the client is told
 * besides rides in front of it, where there is no better place.
 */
export function followAnswer(answering: Answering, response: Response): Response | Promise<Response> {
  const { session, call, done } = answering
  if (!response.ok) {
    done()
    return response
  }
  if (isEventStream(response)) {
    if (response.body && requestIds(call.message()).length > 0) {
      return withBody(response, callStreamOf(answering, response.body))
    }
    done()
    return response
  }
  done()
  const whole = readWhole(answering, response)
  return session.outbox.isEmpty || session.openStreams > 0 ? whole : withOutboxInFront(answering, whole)
}

/** Nobody has an event stream open that could bring it, so the answer becomes one. */
async function withOutboxInFront({ session, call }: Answering, whole: Response): Promise<Response> {
  if (!isAcceptingEvents(new Headers(call.init.headers)) || requestIds(call.message()).length === 0) return whole
  const answer = await whole.text()
  const events = [...session.outbox.takeAll(), answer].map((data) => encodeEvent({ data })).join('')
  const headers = new Headers(whole.headers)
  headers.delete('content-length')
  headers.delete('content-encoding')
  headers.set('content-type', 'text/event-stream')
  return new Response(events, { status: whole.status, statusText: whole.statusText, headers })
}
