import { deadline } from '../base/abort.js'
import { peekBody, type PeekedResponse } from '../base/body.js'
import type { Clock } from '../base/clock.js'
import { classify, mayMeanLoss, notLost, type Classification } from '../recovery/classify.js'
import type { AnsweredMethods } from '../session/answered-methods.js'
import { authorizationHeader, sessionIdHeader } from '../wire/headers.js'
import { methodOf } from '../wire/json-rpc.js'
import type { Call } from './call.js'
import type { Engine } from './engine.js'

/** What an answer says about the session it was given under. */
export interface Reading {
  /** The answer, whole. */
  readonly response: Response
  readonly verdict: Classification
  /** True when the body was looked at and holds an error, whatever its status. */
  readonly isError: boolean
}

/** Enough for every refusal that is known; a Java exception dump of this size is a 404 whatever else it says. */
const maxBytes = 64 * 1024
/** Twice the longest known loss inside a 200. */
const maxOkBytes = 512
/** An answer whose body does not come is judged by what came of it. */
const maxWaitMs = 2_000

/**
 * Reads an answer just as far as it takes to know whether the session is lost: mostly not at all.
 * @param answeredMethods those that were answered without an error before, in this session
 */
export function readRefusal(
  engine: Engine,
  call: Call,
  response: Response,
  carriedSession: boolean,
  answeredMethods?: AnsweredMethods,
): Reading | Promise<Reading> {
  const mayBeLost = mayMeanLoss(response.status, engine.dialects) && (!response.ok || mayBeSmallError(call, response))
  return mayBeLost ? readBody(engine, call, response, carriedSession, answeredMethods) : unread(response)
}

async function readBody(
  { clock, dialects }: Engine,
  call: Call,
  response: Response,
  carriedSession: boolean,
  answeredMethods: AnsweredMethods | undefined,
): Promise<Reading> {
  const { status } = response
  const peeked = response.ok ? await peekBody(response, maxOkBytes, undefined) : await peekRefusal(clock, response)
  // A cheap look before anything is parsed: a result is no error.
  if (response.ok && !peeked.text.includes('"error"')) return unread(peeked.response)

  const message = call.message()
  const verdict = classify(
    {
      status,
      carriedSession,
      message,
      body: peeked.text,
      wwwAuthenticate: response.headers.get('www-authenticate') ?? undefined,
      sentAuthorization: new Headers(call.init.headers).has(authorizationHeader),
      methodSucceededBefore: answeredMethods?.has(methodOf(message)) ?? false,
    },
    dialects,
  )
  return { response: peeked.response, verdict, isError: true }
}

/** The beginning of an error's body, as far as it comes within its time. */
export async function peekRefusal(clock: Clock, response: Response): Promise<PeekedResponse> {
  const timeout = deadline(clock, maxWaitMs, 'the body of a refusal')
  return peekBody(response, maxBytes, timeout.signal).finally(timeout.cancel)
}

function unread(response: Response): Reading {
  return { response, verdict: notLost, isError: !response.ok }
}

/**
 * Whether a 200 is worth a look: whole and small by its own account, so that its body comes with its head, and without
 * a session id, which servers put on the answers of sessions that they know. An endless stream never says its length.
 */
function mayBeSmallError({ method }: Call, { headers }: Response): boolean {
  if (method !== 'POST' || headers.has(sessionIdHeader)) return false
  const length = headers.get('content-length')
  return (
    length !== null &&
    Number(length) <= maxOkBytes &&
    !headers.has('content-encoding') &&
    /^\s*(?:application\/json|text\/event-stream)\s*(?:;|$)/i.test(headers.get('content-type') ?? '')
  )
}
