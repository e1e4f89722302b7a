import { observeBody } from '../base/body.js'
import { isObject, type JsonObject, type JsonRpcId } from './json-rpc.js'
import { MessageReader } from './message-reader.js'
import { isEventStream } from './sse.js'

/**
 * The same response; the function under a request's id is called once when the result of that request has gone by.
 * Nothing is held back and no byte is changed: the answers are read in passing, and no further than the last of them.
 */
export function observeAnswers(
  response: Response,
  onResult: ReadonlyMap<JsonRpcId, (result: JsonObject) => void>,
): Response {
  const open = new Map(onResult)
  const reader = new MessageReader(isEventStream(response), ({ id, result }) => {
    const tell = open.get(id as JsonRpcId)
    if (!tell || !isObject(result)) return
    open.delete(id as JsonRpcId)
    if (open.size === 0) reader.stop()
    tell(result)
  })
  return observeBody(
    response,
    (chunk) => {
      reader.push(chunk)
    },
    () => {
      reader.end()
    },
  )
}
