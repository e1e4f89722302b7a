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
}

/** What a refusal's body says, whatever shape it has. */
export interface RefusalContent {
  /** True when the body is a JSON-RPC message, even one that is neither result nor error. */
  readonly isJsonRpc: boolean
  readonly errorCode: number | undefined
  /** The `id` that the answer names, `undefined` when it names none. */
  readonly id: JsonRpcId | undefined
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
  if (!isObject(json)) return { isJsonRpc: false, errorCode: undefined, id: undefined, text: body.slice(0, maxText) }
  const error = firstObject(json.error, json.jsonRpcError)
  const { id } = json
  return {
    isJsonRpc: json.jsonrpc === '2.0',
    errorCode: typeof error?.code === 'number' ? error.code : undefined,
    id: typeof id === 'string' || typeof id === 'number' ? id : undefined,
    text: sentenceIn(json, error).slice(0, maxText),
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
