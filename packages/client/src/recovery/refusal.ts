import { isObject, parseJson, type JsonObject, type JsonRpcId, type OutgoingMessage } from '../wire/json-rpc.js'
import { lastEventData } from '../wire/sse.js'

/** An HTTP answer that may mean that the session is lost, as plain data to decide by. */
export interface Refusal {
  readonly status: number
  /** False when the request went out without a session id, because the server had become stateless. */
  readonly carriedSession: boolean
  /** What the client sent. */
  readonly message: OutgoingMessage
  /** The body's beginning. */
  readonly body: string
  /** The challenge in `WWW-Authenticate`; absent when there is none. */
  readonly wwwAuthenticate?: string | undefined
  /** Whether the request brought an `Authorization`. @default false */
  readonly sentAuthorization?: boolean
  /** Whether a request with this method was answered without an error before, in this session. @default false */
  readonly methodSucceededBefore?: boolean
}

/** What a refusal's body says, whatever shape it has. */
export interface RefusalContent {
  /** `json-rpc`: a JSON-RPC message, even one that is neither result nor error. */
  readonly shape: 'json-rpc' | 'json' | 'text'
  /** True for the answer of a method that was run: nothing in it is ever searched, and its `text` is empty. */
  readonly isResult: boolean
  readonly errorCode: number | undefined
  /** The `id` that the answer names, `undefined` when it names none. */
  readonly id: JsonRpcId | null | undefined
  /** The sentence for humans. */
  readonly text: string
}

const maxText = 512

/**
 * Reads a refusal's body by trying, because its media type is often absent or wrong: JSON, JSON in the last event of
 * an event stream, a Java exception dump with the JSON-RPC error inside, or text.
 */
export function readContent(body: string): RefusalContent {
  const json = parseJson(body) ?? parseJson(lastEventData(body) ?? '')
  if (!isObject(json)) {
    const text = Array.isArray(json) ? '' : body.slice(0, maxText)
    return { shape: Array.isArray(json) ? 'json' : 'text', isResult: false, errorCode: undefined, id: undefined, text }
  }
  const isJsonRpc = json.jsonrpc === '2.0'
  const error = firstObject(json.error, json.jsonRpcError)
  const isResult = isJsonRpc && 'result' in json && error === undefined
  const { id } = json
  return {
    shape: isJsonRpc ? 'json-rpc' : 'json',
    isResult,
    errorCode: typeof error?.code === 'number' ? error.code : undefined,
    id: typeof id === 'string' || typeof id === 'number' || id === null ? id : undefined,
    text: isResult ? '' : sentenceIn(json, error).slice(0, maxText),
  }
}

function sentenceIn(json: JsonObject, error: JsonObject | undefined): string {
  const data = error?.data
  const sentences = [
    error?.message,
    // Some servers keep the error's name general and say what happened beside it.
    isObject(data) ? data.message : undefined,
    json.error,
    json.detail,
    json.message,
  ].filter((sentence) => typeof sentence === 'string')
  return sentences.join(' ')
}

function firstObject(...values: unknown[]): JsonObject | undefined {
  return values.find(isObject)
}
