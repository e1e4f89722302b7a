import { discardBody, peekBody } from '../base/body.js'
import { redact } from '../base/redact.js'
import { readAnswer, type Answer } from '../wire/answer-reader.js'
import { isChallenge } from '../wire/challenge.js'
import type { JsonObject } from '../wire/json-rpc.js'
import { sessionIdOf } from '../wire/headers.js'
import { isLasting, progressOf } from '../wire/request-progress.js'
import { retryAfterMs } from '../wire/retry-after.js'
import { classify } from './classify.js'
import { causeOf } from './failure.js'
import { post, type Sender } from './handshake-requests.js'
import { unavailabilityOf } from './outage.js'

/** A request of the engine's own on a session. */
export interface Question {
  readonly sender: Sender
  readonly headers: Headers
  /** A JSON-RPC id that no client uses. */
  readonly requestId: string
  readonly method: string
  readonly params: JsonObject
  /** What must not appear in a cause. */
  readonly secrets: readonly string[]
  readonly signal: AbortSignal
}

/** What came of it. Never an exception: nobody's request depends on it. */
export type Reply =
  | { readonly kind: 'result'; readonly result: JsonObject }
  /** A JSON-RPC error on the request's own id: the server's last word. */
  | { readonly kind: 'refused'; readonly code: number; readonly cause: string }
  /** The client's own sign-in has to answer it. */
  | { readonly kind: 'challenged'; readonly response: Response; readonly cause: string }
  /** The server does not know the session. */
  | { readonly kind: 'gone'; readonly cause: string }
  | {
      readonly kind: 'away'
      readonly cause: string
      readonly retryAfterMs: number | undefined
      /** It was sent, and nobody says that it was not run. */
      readonly mayHaveRun: boolean
    }
  /** Neither of these: no answer in time, something else than an answer, an error of another kind. */
  | { readonly kind: 'unclear'; readonly cause: string }

/** A challenge says what to do in its headers. */
const maxChallengeBytes = 64 * 1024

export async function ask(question: Question): Promise<Reply> {
  const { sender, headers, requestId, method, params, secrets, signal } = question
  const message = { jsonrpc: '2.0', id: requestId, method, params }
  try {
    return await readReply(await post(sender, headers, message, signal), question)
  } catch (error) {
    if (signal.aborted) return { kind: 'unclear', cause: `no answer: ${causeOf(signal.reason, secrets)}` }
    const cause = causeOf(error, secrets)
    if (isLasting(error)) return { kind: 'unclear', cause }
    return { kind: 'away', cause, retryAfterMs: undefined, mayHaveRun: progressOf(error) !== 'not-started' }
  }
}

async function readReply(response: Response, question: Question): Promise<Reply> {
  const { requestId, secrets, signal } = question
  const { status, headers } = response
  const cause = `HTTP ${String(status)}`
  // Its body is read at once: the client reads it when everything that was asked beside it has been given up.
  if (isChallenge(response)) {
    return { kind: 'challenged', response: (await peekBody(response, maxChallengeBytes, signal)).response, cause }
  }
  if (status >= 300 && status < 400) {
    discardBody(response)
    return { kind: 'unclear', cause }
  }
  const answer = await readAnswer(response, requestId, signal)
  // Some servers echo the id when they refuse a session that they don't know.
  if (answer.kind === 'error' && tellsOfLoss(status, answer, question)) return { kind: 'gone', cause }
  if (answer.kind === 'error' && answer.isOwn) {
    return { kind: 'refused', code: answer.code, cause: `${String(answer.code)}: ${redact(answer.message, secrets)}` }
  }
  const unavailability = unavailabilityOf(status)
  if (unavailability) {
    const mayHaveRun = unavailability === 'broken-off'
    return { kind: 'away', cause, retryAfterMs: retryAfterMs(headers), mayHaveRun }
  }
  // Every dialect of a lost session is one of these, but for those that look like results; see loss-rules.ts.
  if (status === 404 || status === 400 || status === 410) return { kind: 'gone', cause }
  return response.ok && answer.kind === 'result' ? answer : { kind: 'unclear', cause: `${cause} without an answer` }
}

function tellsOfLoss(
  status: number,
  { code, message, isOwn }: Extract<Answer, { kind: 'error' }>,
  { requestId, method, params, headers }: Question,
): boolean {
  const body = JSON.stringify({ jsonrpc: '2.0', id: isOwn ? requestId : null, error: { code, message } })
  const asked = { kind: 'request', id: requestId, method, params } as const
  const carriedSession = sessionIdOf(headers) !== undefined
  return classify({ status, carriedSession, message: asked, body }).conclusion === 'lost'
}
