import { memberText } from '../bridge/member-text.js'
import type { SignInError } from './sign-in-error.js'

/** Our own, in the range that MCP leaves to implementations. */
const signInFailedCode = -32013

/**
 * The answer to a request that could not be made for want of a sign-in: a JSON-RPC error on the caller's id over 200,
 * as the engine's own errors are, so that the host hears what happened and stays connected. `undefined` for a message
 * that awaits no answer.
 */
export function refusalAnswer(body: RequestInit['body'], error: SignInError, server: URL): Response | undefined {
  if (typeof body !== 'string') return undefined
  const payload = JSON.stringify({
    code: signInFailedCode,
    message: `Not signed in to ${server.host}. ${error.message}`,
    data: { code: 'sign_in_failed', reason: error.reason, server: server.host },
  })
  const answers = requestIds(body).map((id) => `{"jsonrpc":"2.0","id":${id},"error":${payload}}`)
  if (answers.length === 0) return undefined
  const text = body.trimStart().startsWith('[') ? `[${answers.join(',')}]` : answers.join('')
  return new Response(text, { status: 200, headers: { 'content-type': 'application/json' } })
}

/** The ids of the requests in a message, as they are written: a number may be larger than JavaScript can hold. */
export function requestIds(body: string): string[] {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    return []
  }
  if (Array.isArray(value)) return value.filter(isRequest).map(({ id }) => JSON.stringify(id))
  const id = isRequest(value) ? memberText(body, 'id') : undefined
  return id === undefined ? [] : [id]
}

function isRequest(value: unknown): value is { id: unknown } {
  return typeof value === 'object' && value !== null && 'method' in value && 'id' in value
}
