import { causeOf } from '../recovery/failure.js'
import { secretsOf } from '../session/secrets.js'
import { requestIds } from '../wire/json-rpc.js'
import { isEventStream } from '../wire/sse.js'
import { answerIn } from './answer-in.js'
import type { Answering } from './follow-answer.js'

const readers = ['json', 'text'] as const

/**
 * The same response; a body that breaks off while the client reads it with `json()` or `text()` is asked for anew, if
 * that is safe, and becomes an error that says so if not. Nothing is held: who reads `body` by pieces has had the
 * beginning, and sees it break.
 */
export function readWhole(answering: Answering, response: Response): Response {
  for (const reader of readers) {
    const read = response[reader].bind(response) as () => Promise<unknown>
    const value = async (): Promise<unknown> => {
      if (response.bodyUsed) return read()
      try {
        return await read()
      } catch (error) {
        // What is no JSON has come whole.
        if (error instanceof SyntaxError || isUnwanted(answering)) throw error
        return (await anew(answering, error))[reader]()
      }
    }
    Object.defineProperty(response, reader, { value, configurable: true, writable: true })
  }
  return response
}

function isUnwanted({ session, call }: Answering): boolean {
  const ids = requestIds(call.message())
  const isTakenBack = ids.length > 0 && ids.every((id) => session.calls.wasTakenBack(id))
  return ids.length === 0 || isTakenBack || session.closing || session.ended || call.signal?.aborted === true
}

async function anew(answering: Answering, error: unknown): Promise<Response> {
  const { seam, session, exchange, underWay } = answering
  const cause = `the answer broke off (${causeOf(error, secretsOf(session))})`
  session.calls.resume(underWay)
  try {
    const response = await exchange.runAgain(cause, seam.clock.now(), true, undefined)
    return isEventStream(response) ? await answerIn(answering, response) : readWhole(answering, response)
  } finally {
    session.calls.delete(underWay)
  }
}
