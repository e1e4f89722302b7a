import { abortable } from '../base/abort.js'
import { isObject, parseJson, type JsonObject } from './json-rpc.js'
import { eventData, isEventStream } from './sse.js'

/** What a server answered to an `initialize`. */
export type InitializeAnswer =
  | { readonly kind: 'result'; readonly result: JsonObject; readonly protocolVersion: string }
  | { readonly kind: 'error'; readonly code: number; readonly message: string }
  | { readonly kind: 'none' }

/** An `InitializeResult` with its instructions and capabilities is some kilobytes; a server may not make us hold more. */
const maxAnswerBytes = 4 * 1024 * 1024

/**
 * Collects the text of an answer to `initialize` piece by piece and says what it is, as soon as that is known: an
 * event stream may stay open after it.
 */
export class InitializeAnswerReader {
  readonly #decoder = new TextDecoder()
  readonly #events: { feed: (text: string) => void } | undefined
  readonly #requestId: unknown
  #text = ''
  #size = 0
  #answer: InitializeAnswer | undefined

  /** @param requestId `undefined` takes an answer on any id. */
  constructor(eventStream: boolean, requestId: unknown) {
    this.#requestId = requestId
    if (eventStream) {
      this.#events = eventData((data) => {
        this.#answer ??= this.#answerIn(data)
      })
    }
  }

  /** Undefined while the answer is not there yet. */
  get answer(): InitializeAnswer | undefined {
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

  end(): InitializeAnswer {
    this.#answer ??= this.#answerIn(this.#text) ?? { kind: 'none' }
    this.#text = ''
    return this.#answer
  }

  #answerIn(text: string): InitializeAnswer | undefined {
    const message = parseJson(text)
    if (!isObject(message)) return undefined
    const { id, result, error } = message
    const isOurs = this.#requestId === undefined || id === this.#requestId
    if (isOurs && isObject(result) && typeof result.protocolVersion === 'string') {
      return { kind: 'result', result, protocolVersion: result.protocolVersion }
    }
    // An error may come without the id: some servers refuse before they have read it (PHP: "", others: null).
    if (!isObject(error) || !(isOurs || id === null || id === undefined || id === '')) return undefined
    const { code, message: sentence } = error
    return {
      kind: 'error',
      code: typeof code === 'number' ? code : 0,
      message: typeof sentence === 'string' ? sentence : '',
    }
  }
}

/** Reads a response until it holds the answer to the `initialize` with this id, and lets go of the rest. */
export async function readInitializeAnswer(
  response: Response,
  requestId: string,
  signal: AbortSignal,
): Promise<InitializeAnswer> {
  const answer = new InitializeAnswerReader(isEventStream(response), requestId)
  const body = response.body?.getReader()
  if (!body) return { kind: 'none' }
  try {
    while (!answer.answer) {
      const { done, value } = await abortable(body.read(), signal)
      if (done) return answer.end()
      answer.push(value)
    }
    return answer.answer
  } finally {
    body.cancel().catch(() => undefined)
  }
}
