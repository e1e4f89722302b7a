import { readServerMessages } from '../stream/server-message.js'
import { eventData } from '../wire/sse.js'
import { callStreamOf } from './call-stream-of.js'
import type { Answering } from './follow-answer.js'

/** The answer in an event stream, as JSON: for a client that has begun to read JSON. */
export async function answerIn(answering: Answering, { body }: Response): Promise<Response> {
  let answer = ''
  const text = await new Response(body && callStreamOf(answering, body, true)).text()
  eventData((data) => {
    if (readServerMessages(data).some(({ kind }) => kind === 'answer')) answer = data
  }).feed(text)
  return new Response(answer, { headers: { 'content-type': 'application/json' } })
}
