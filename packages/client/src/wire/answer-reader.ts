import { abortable } from '../base/abort.js'
import { isObject, type JsonObject, type JsonRpcId } from './json-rpc.js'
import { MessageReader } from './message-reader.js'
import { isEventStream } from './sse.js'

/** What a server answered to one request. */
export type Answer =
  | { readonly kind: 'result'; readonly result: JsonObject }
  | {
      readonly kind: 'error'
      readonly code: number
      readonly message: string
      /** True when it came under the request's own id: then the server has read the request. */
      readonly isOwn: boolean
    }
  | { readonly kind: 'none' }

/** Says what a server answered to one request, as soon as that is known: an event stream may stay open after it. */
export class AnswerReader {
  readonly #messages: MessageReader
  #answer: Answer | undefined

  constructor(eventStream: boolean, requestId: JsonRpcId) {
    this.#messages = new MessageReader(eventStream, (message) => {
      this.#answer ??= answerIn(message, requestId)
      if (this.#answer) this.#messages.stop()
    })
  }

  /** Undefined while the answer is not there yet. */
  get answer(): Answer | undefined {
    return this.#answer ?? (this.#messages.isStopped ? { kind: 'none' } : undefined)
  }

  push(chunk: Uint8Array): void {
    this.#messages.push(chunk)
  }

  end(): Answer {
    this.#messages.end()
    return this.#answer ?? { kind: 'none' }
  }
}

function answerIn({ id, result, error }: JsonObject, requestId: JsonRpcId): Answer | undefined {
  const isOwn = id === requestId
  if (isOwn && isObject(result)) return { kind: 'result', result }
  // An error may come without the id: some servers refuse before they have read it (PHP: "", others: null).
  if (!(isOwn || id === null || id === undefined || id === '') || !isObject(error)) return undefined
  const { code, message } = error
  return {
    kind: 'error',
    code: typeof code === 'number' ? code : 0,
    message: typeof message === 'string' ? message : '',
    isOwn,
  }
}

/** Reads a response until it holds the answer to the request with this id, and lets go of the rest. */
export async function readAnswer(response: Response, requestId: JsonRpcId, signal: AbortSignal): Promise<Answer> {
  const reader = new AnswerReader(isEventStream(response), requestId)
  const body = response.body?.getReader()
  if (!body) return { kind: 'none' }
  try {
    while (!reader.answer) {
      const { done, value } = await abortable(body.read(), signal)
      if (done) return reader.end()
      reader.push(value)
    }
    return reader.answer
  } finally {
    body.cancel().catch(() => undefined)
  }
}
