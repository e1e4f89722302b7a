import { causeOf } from '../recovery/failure.js'
import { secretsOf } from '../session/secrets.js'
import { requestIds } from '../wire/json-rpc.js'
import { isEventStream } from '../wire/sse.js'
import { answerIn } from './answer-in.js'
import type { Answering } from './follow-answer.js'

/**
 * The same response; a body that breaks off while the client reads it with `json()` or `text()` is asked for anew, if
 * that is safe, and becomes an error that says so if not. Nothing is held: who reads `body` by pieces has had the
 * beginning, and sees it break.
 */
export function readWhole(answering: Answering, response: Response): Response {
  const read = response.text.bind(response)
  const text = async (): Promise<string> => {
    if (response.bodyUsed) return read()
    let whole: string
    try {
      whole = await read()
    } catch (error) {
      if (isUnwanted(answering)) throw error
      return (await anew(answering, causeOf(error, secretsOf(answering.session)))).text()
    }
    // A response without a body is whole. It is asked last: a body may be made for who asks.
    return isCutOff(whole) && !isUnwanted(answering) && response.body !== null
      ? (await anew(answering, 'it is not whole')).text()
      : whole
  }
  const json = async (): Promise<unknown> => JSON.parse(await text()) as unknown
  for (const [name, value] of Object.entries({ text, json })) {
    Object.defineProperty(response, name, { value, configurable: true, writable: true })
  }
  return response
}

/** A message is an object, or an array of them. What begins as none is whole as far as anybody can tell. */
function isCutOff(text: string): boolean {
  return /^\s*(?:$|[[{])/.test(text) && !/[\]}]\s*$/.test(text)
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
