import { abortable } from '../base/abort.js'
import { pause } from '../base/clock.js'
import { CallStream, type BrokenOff, type CallStreamWork } from '../stream/call-stream.js'
import { nothing } from '../stream/nothing.js'
import type { Continuation } from '../stream/virtual-stream.js'
import { requestIds } from '../wire/json-rpc.js'
import { isEventStream } from '../wire/sse.js'
import { anySignal, withSignal } from './call.js'
import type { Answering } from './follow-answer.js'
import type { MessageExchange } from './message-exchange.js'
import { heldBack } from './held-back.js'
import { resumeStream } from './resume-stream.js'

/** The event stream that answers a call, from its first bytes to the end that it owes the client. */
export function callStreamOf(
  answering: Answering,
  body: ReadableStream<Uint8Array>,
  isContinuation = false,
  lastEventId?: string,
): ReadableStream<Uint8Array> {
  const epoch = answering.exchange.answerEpoch
  const first = { body, epoch, asIs: epoch === 1 && !isContinuation }
  return new CallStream(workFor(answering), first, isContinuation, lastEventId).body
}

function workFor(answering: Answering): CallStreamWork {
  const { seam, session, call, underWay, exchange, done } = answering
  const { clock, emit, random, tag, outageBudgetMs, stallTimeoutMs } = seam
  const told = { session: session.fingerprint, stream: 'call' } as const
  return {
    session,
    tag,
    requestIds: requestIds(call.message()),
    outageBudgetMs,
    random,
    now: () => clock.now(),
    signal: call.signal,
    isBeingRenewed: () => seam.renewals.underWay(session) !== undefined,
    isTakenBack: () => underWay.cancelled,
    wait: async (ms, left) => {
      const timer = pause(clock, ms)
      const signal = anySignal(call.signal, left)
      // The server has had it, so that it has to hear of a cancellation.
      return (await heldBack(timer.over, signal, underWay, true).finally(timer.cancel)) === true
    },
    resume: async (lastEventId, left) => {
      const signal = anySignal(call.signal, left)
      const resuming = resumeStream(seam, session, withSignal(call, signal), lastEventId)
      const resumed = await abortable(resuming, signal).catch((error: unknown) => {
        // What still comes of it nobody reads.
        void resuming.then((late) => (late.kind === 'opened' ? late.body.cancel() : undefined)).catch(() => undefined)
        throw error
      })
      return resumed.kind === 'opened' ? { ...resumed, body: learnedFrom(exchange, resumed.body) } : resumed
    },
    askAnew: (brokenOff) => askAnew(answering, brokenOff),
    onNotification: (method) => {
      seam.onNotification(session, method)
    },
    onInterrupted: (reason) => {
      emit({ type: 'stream-interrupted', ...told, epoch: session.epoch, reason })
    },
    onResumed: () => {
      emit({ type: 'stream-resumed', ...told, epoch: session.epoch })
    },
    onOver: (isAnswered, lastEventId, hasAsked) => {
      done()
      if (hasAsked) answering.exchange.forbidRepeating()
      if (lastEventId === undefined) return
      const isOwed = !isAnswered && !underWay.cancelled
      session.streamEnds.note(lastEventId, isOwed ? (...rest) => takeUp(answering, ...rest) : 'answered')
    },
    watchStall: stallTimeoutMs === 0 ? undefined : (onStalled) => clock.schedule(onStalled, stallTimeoutMs),
  }
}

async function askAnew(
  { exchange, call }: Answering,
  { cause, since, mayRepeat, left }: BrokenOff,
): Promise<Continuation> {
  const response = await exchange.runAgain(cause, since, mayRepeat, anySignal(call.signal, left))
  if (response.body && isEventStream(response)) {
    return { kind: 'upstream', upstream: { body: response.body, epoch: exchange.answerEpoch, asIs: false } }
  }
  const text = await response.text()
  return { kind: 'close', messages: text === '' ? [] : [text] }
}

/** The client left a stream and comes back for the rest of it. */
function takeUp(
  answering: Answering,
  signal: AbortSignal | undefined,
  rest: ReadableStream<Uint8Array> | undefined,
  lastEventId: string | undefined,
): ReadableStream<Uint8Array> {
  const { session, call, underWay } = answering
  session.calls.resume(underWay)
  const done = () => {
    session.calls.delete(underWay)
  }
  const back = { ...answering, done, call: signal ? withSignal(call, signal) : call }
  return callStreamOf(back, rest ? learnedFrom(answering.exchange, rest) : nothing(), true, lastEventId)
}

/** The rest of an answer, from the session that began it. */
function learnedFrom({ lessons, answerEpoch }: MessageExchange, rest: ReadableStream<Uint8Array>): typeof rest {
  return lessons.fromRest(rest, answerEpoch)
}
