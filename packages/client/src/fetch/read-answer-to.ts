import { deadline } from '../base/abort.js'
import { peekBody } from '../base/body.js'
import { readContent } from '../recovery/refusal.js'
import { requestIds } from '../wire/json-rpc.js'
import type { Call } from './call.js'
import type { Engine } from './engine.js'

const maxBytes = 64 * 1024
const maxWaitMs = 2_000

/**
 * Whether an error's body is a JSON-RPC answer to this very request: then the server took it, whatever the status says.
 */
export async function answersItself(
  { clock }: Engine,
  call: Call,
  response: Response,
): Promise<{ readonly response: Response; readonly isAnswer: boolean }> {
  const timeout = deadline(clock, maxWaitMs, 'the body of an error')
  const peeked = await peekBody(response, maxBytes, timeout.signal).finally(timeout.cancel)
  const { isJsonRpc, id } = readContent(peeked.text)
  return {
    response: peeked.response,
    isAnswer: isJsonRpc && id !== undefined && requestIds(call.message()).includes(id),
  }
}
