import type { VirtualSession } from '../session/virtual-session.js'
import { observeAnswer } from '../wire/observe-answer.js'
import type { Call } from './call.js'
import { mentions } from './request-body.js'

/**
 * Takes note of what the engine has to know of an answer, in passing: which tools are safe to call twice. Other answers
 * are not looked at.
 */
export function learnFrom(call: Call, response: Response, session: VirtualSession): Response {
  if (!response.ok || !mentions(call.init.body, 'tools/list')) return response
  const message = call.message()
  if (message.kind !== 'request' || message.method !== 'tools/list') return response
  return observeAnswer(response, message.id, (result) => {
    session.toolHints.learn(result)
  })
}
