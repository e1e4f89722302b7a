import { observeBody, observeStream } from '../base/body.js'
import { isObject, type JsonObject, type JsonRpcId } from './json-rpc.js'
import { MessageReader } from './message-reader.js'
import { isEventStream } from './sse.js'

/** What to do with the result of each request, by its id. */
export type Lessons = ReadonlyMap<JsonRpcId, (result: JsonObject) => void>

/**
 * The same response; the function under a request's id is called once when the result of that request has gone by.
 * Nothing is held back and no byte is changed: the answers are read in passing, and no further than the last of them.
 */
export function observeAnswers(response: Response, lessons: Lessons): Response {
  const { push, end } = readerOf(isEventStream(response), lessons)
  return observeBody(response, push, end)
}

/** As {@link observeAnswers}, for an event stream alone. */
export function observeEvents(body: ReadableStream<Uint8Array>, lessons: Lessons): ReadableStream<Uint8Array> {
  const { push, end } = readerOf(true, lessons)
  return observeStream(body, push, end)
}

function readerOf(eventStream: boolean, lessons: Lessons): { push: (chunk: Uint8Array) => void; end: () => void } {
  const open = new Map(lessons)
  const reader = new MessageReader(eventStream, ({ id, result }) => {
    const tell = open.get(id as JsonRpcId)
    if (!tell || !isObject(result)) return
    open.delete(id as JsonRpcId)
    if (open.size === 0) reader.stop()
    tell(result)
  })
  return {
    push: (chunk) => {
      reader.push(chunk)
    },
    end: () => {
      reader.end()
    },
  }
}
