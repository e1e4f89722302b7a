import { causeOf } from '../recovery/failure.js'
import { secretsOf } from '../session/secrets.js'
import { requestIds } from '../wire/json-rpc.js'
import { isEventStream } from '../wire/sse.js'
import { answerIn } from './answer-in.js'
import type { Answering } from './follow-answer.js'

/** Under which the answer to a call is read, for {@link readAnswer}. */
const answeringKey = Symbol('answering')

/**
 * The same response; a body that breaks off while the client reads it with `json()` or `text()` is asked for anew, if
 * that is safe, and becomes an error that says so if not. Nothing is held: who reads `body` by pieces has had the
 * beginning, and sees it break.
 */
export function readWhole(answering: Answering, response: Response): Response {
  const read = response.text.bind(response)
  const text = (): Promise<string> =>
    response.bodyUsed ? read() : readUnder(answering, response, read, (anew) => anew.text())
  const json = async (): Promise<unknown> => JSON.parse(await text()) as unknown
  return Object.assign(response, { text, json, [answeringKey]: answering })
}

/**
 * Reads an answer as `text()` does, with a reader that may put it elsewhere than into one string: what breaks off is asked
 * for anew, if that is safe, and read from its beginning; if not, what is read is the error that says so. The reader
 * rejects when the body breaks off, or ends too early, and must not have used any of it then. A string is looked at as
 * `text()` does.
 */
export function readAnswer<T>(response: Response, read: (response: Response) => Promise<T>): Promise<T> {
  const { [answeringKey]: answering } = response as { readonly [answeringKey]?: Answering }
  if (!answering) return read(response)
  return readUnder(
    answering,
    response,
    () => read(response),
    (anew) => readAnswer(anew, read),
  )
}

async function readUnder<T>(
  answering: Answering,
  response: Response,
  read: () => Promise<T>,
  readAnew: (anew: Response) => Promise<T>,
): Promise<T> {
  let whole: T
  try {
    whole = await read()
  } catch (error) {
    if (isUnwanted(answering)) throw error
    return readAnew(await anew(answering, causeOf(error, secretsOf(answering.session))))
  }
  // A response without a body is whole. It is asked last: a body may be made for who asks.
  return typeof whole === 'string' && isCutOff(whole) && !isUnwanted(answering) && response.body !== null
    ? readAnew(await anew(answering, 'it is not whole'))
    : whole
}

/** A message is an object, or an array of them. What begins as none is whole as far as anybody can tell. */
function isCutOff(text: string): boolean {
  // Trimmed, not searched: a long text is looked through for nothing.
  return /^\s*(?:$|[[{])/.test(text) && !/[\]}]$/.test(text.trimEnd().slice(-1))
}

function isUnwanted({ session, call }: Answering): boolean {
  const ids = requestIds(call.message())
  const isTakenBack = ids.length > 0 && ids.every((id) => session.calls.wasTakenBack(id))
  return ids.length === 0 || isTakenBack || session.closing || session.ended || call.signal?.aborted === true
}

async function anew(answering: Answering, why: string): Promise<Response> {
  const { seam, session, exchange, underWay } = answering
  const cause = `the answer broke off (${why})`
  session.calls.resume(underWay)
  try {
    const response = await exchange.runAgain(cause, seam.clock.now(), true, undefined)
    return isEventStream(response) ? await answerIn(answering, response) : readWhole(answering, response)
  } finally {
    session.calls.delete(underWay)
  }
}
