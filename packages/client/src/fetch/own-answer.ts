import { discardBody } from '../base/body.js'
import { readContent } from '../recovery/refusal.js'
import { isObject, parseJson, requestIds, type JsonRpcError } from '../wire/json-rpc.js'
import { lastEventData } from '../wire/sse.js'
import type { Call } from './call.js'
import type { Engine } from './engine.js'
import { peekRefusal } from './read-refusal.js'

/** An error status, and whether it is after all an answer to the request. */
export interface OwnAnswer {
  /** The answer, whole. */
  readonly response: Response
  /** The JSON-RPC error in it, if that is on the id of this very request: then the server has read it. */
  readonly error: JsonRpcError | undefined
}

/** Looks for an answer of the server itself behind an error status. */
export async function readOwnAnswer({ clock }: Engine, call: Call, refusal: Response): Promise<OwnAnswer> {
  const { text, response } = await peekRefusal(clock, refusal)
  const { shape, errorCode, id } = readContent(text)
  const isOwn = shape === 'json-rpc' && typeof errorCode === 'number' && id !== null && id !== undefined
  if (!isOwn || !requestIds(call.message()).includes(id)) return { response, error: undefined }
  const json = parseJson(text) ?? parseJson(lastEventData(text) ?? '')
  return { response, error: isObject(json) ? (json.error as JsonRpcError) : undefined }
}

/** What an error status says for humans. Its body is used up by that. */
export async function wordsOf({ clock }: Engine, refusal: Response): Promise<string> {
  const { text, response } = await peekRefusal(clock, refusal)
  discardBody(response)
  return readContent(text).text
}
