import { abortable } from '../base/abort.js'
import { isObject, parseJson, type JsonObject, type JsonRpcId } from './json-rpc.js'
import { eventData, isEventStream } from './sse.js'

/** What a server answered to one request. */
export type Answer =
  | { readonly kind: 'result'; readonly result: JsonObject }
  | { readonly kind: 'error'; readonly code: number; readonly message: string }
  | { readonly kind: 'none' }

/** Enough for an `InitializeResult` with its instructions; a server may not make us hold more. */
const maxAnswerBytes = 4 * 1024 * 1024

/**
 * Collects the text of an answer piece by piece and says what it is, as soon as that is known: an event stream may
 * stay open after it.
 */
export class AnswerReader {
  readonly #decoder = new TextDecoder()
  readonly #events: { feed: (text: string) => void } | undefined
  readonly #requestId: JsonRpcId
  #text = ''
  #size = 0
  #answer: Answer | undefined

  constructor(eventStream: boolean, requestId: JsonRpcId) {
    this.#requestId = requestId
    if (eventStream) {
      this.#events = eventData((data) => {
        this.#answer ??= answerIn(data, requestId)
      })
    }
  }

  /** Undefined while the answer is not there yet. */
  get answer(): Answer | undefined {
    return this.#answer
  }

  push(chunk: Uint8Array): void {
    if (this.#answer) return
    this.#size += chunk.byteLength
    if (this.#size > maxAnswerBytes) {
      this.#answer = { kind: 'none' }
      this.#text = ''
      return
    }
    const text = this.#decoder.decode(chunk, { stream: true })
    if (this.#events) this.#events.feed(text)
    else this.#text += text
  }

  end(): Answer {
    this.#answer ??= answerIn(this.#text, this.#requestId) ?? { kind: 'none' }
    this.#text = ''
    return this.#answer
  }
}

function answerIn(text: string, requestId: JsonRpcId): Answer | undefined {
  const message = parseJson(text)
  if (!isObject(message)) return undefined
  const { id, result, error } = message
  if (id === requestId && isObject(result)) return { kind: 'result', result }
  // An error may come without the id: some servers refuse before they have read it (PHP: "", others: null).
  const isOurs = id === requestId || id === null || id === undefined || id === ''
  if (!isOurs || !isObject(error)) return undefined
  const { code, message: sentence } = error
  return {
    kind: 'error',
    code: typeof code === 'number' ? code : 0,
    message: typeof sentence === 'string' ? sentence : '',
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
