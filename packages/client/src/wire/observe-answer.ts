import { observeBody } from '../base/body.js'
import { AnswerReader } from './answer-reader.js'
import type { JsonObject, JsonRpcId } from './json-rpc.js'
import { isEventStream } from './sse.js'

/**
 * The same response; `onResult` is called once when the result of this request has gone by. Nothing is held back and no
 * byte is changed: the answer is read in passing, as far as its reader reads it.
 */
export function observeAnswer(
  response: Response,
  requestId: JsonRpcId,
  onResult: (result: JsonObject) => void,
): Response {
  const reader = new AnswerReader(isEventStream(response), requestId)
  let told = false
  const tell = () => {
    if (told || reader.answer?.kind !== 'result') return
    told = true
    onResult(reader.answer.result)
  }
  return observeBody(
    response,
    (chunk) => {
      reader.push(chunk)
      tell()
    },
    () => {
      reader.end()
      tell()
    },
  )
}
