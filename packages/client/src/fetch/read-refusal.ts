import { deadline } from '../base/abort.js'
import { peekBody } from '../base/body.js'
import { classify, mayMeanLoss } from '../recovery/classify.js'
import type { Call } from './call.js'
import type { Engine } from './engine.js'

/** What an answer says about the session it was given under. */
export interface Reading {
  /** The answer, whole. */
  readonly response: Response
  /** The rule that found the session lost; `undefined` when it is not. */
  readonly lostBy: string | undefined
}

/** Enough for every refusal that is known; a Java exception dump of this size is a 404 whatever else it says. */
const maxBytes = 64 * 1024
/** A refusal whose body does not come is judged by what came of it. */
const maxWaitMs = 2_000

/** Reads an answer just as far as it takes to know whether the session is lost: mostly not at all. */
export async function readRefusal(
  { clock, dialects }: Engine,
  call: Call,
  response: Response,
  carriedSession: boolean,
): Promise<Reading> {
  if (!mayMeanLoss(response.status)) return { response, lostBy: undefined }
  const timeout = deadline(clock, maxWaitMs, 'the body of a refusal')
  const peeked = await peekBody(response, maxBytes, timeout.signal).finally(timeout.cancel)
  const { conclusion, rule } = classify(
    { status: response.status, carriedSession, message: call.message(), body: peeked.text },
    dialects,
  )
  return { response: peeked.response, lostBy: conclusion === 'lost' ? rule : undefined }
}
