import type { FetchLike } from '@mcp-tether/client'
import { peekBody } from '@mcp-tether/client/internal'
import { isPingId } from '../bridge/ping.js'
import { headerRecord } from '../upstream/header-record.js'
import { challengeIn } from './challenge.js'
import type { AccessToken } from './access-token.js'
import { refusalAnswer, requestIds } from './refusal-answer.js'
import type { SignIn } from './sign-in.js'
import { SignInError } from './sign-in-error.js'

/** How often one request may be sent again with another token: a stored one, a renewed one, the user's, a wider one. */
const maxRenewals = 4

/** An error of the session recovery is shorter, and there at once. */
const maxErrorBytes = 16 * 1024
const maxPeekMs = 1_000

/**
 * A `fetch` middleware that signs in, as an SDK's own auth does: requests go out with the access token; one that is
 * refused for want of it (401) or of scope (403 `insufficient_scope`; MCP 2025-11-25, Authorization) waits for the
 * sign-in and is sent again. It belongs around the session recovery, which sees a request that comes with a newer token.
 *
 * A sign-in that fails answers the requests that wait for it with a JSON-RPC error (code -32013). What nobody waits for
 * (notifications, the standalone stream, the bridge's own pings) never asks the user.
 */
export function withSignIn(signIn: SignIn, server: URL): (next: FetchLike) => FetchLike {
  return (next) =>
    async (url, init = {}) => {
      // Who leaves does not sign in first.
      const isLeaving = init.method === 'DELETE'
      for (let renewals = 0; ; renewals++) {
        let token: AccessToken | undefined
        try {
          token = isLeaving ? signIn.token : await signIn.current(init.method === 'POST', init.signal)
        } catch (error) {
          const answer = error instanceof SignInError ? refusalAnswer(init.body, error, server) : undefined
          if (answer) return answer
          if (!(error instanceof SignInError)) throw error
          // A notification: the server shall say itself what it thinks of it.
          token = signIn.token
        }
        const { failures } = signIn
        const response = await next(url, token ? withToken(init, token) : init)
        const challenge = challengeIn(response)
        if (!challenge) {
          signIn.accept(token)
          return signIn.failures === failures ? response : explained(response, { signIn, body: init.body, server })
        }
        if (isLeaving) return response
        try {
          if (renewals === maxRenewals) throw tooOften(response.status)
          const instead = token && { instead: token.value }
          await signIn.renew({ why: challenge, ...instead, response, mayAskUser: isAwaited(init) }, init.signal)
        } catch (error) {
          const answer = error instanceof SignInError ? refusalAnswer(init.body, error, server) : undefined
          if (error instanceof SignInError && !answer) return response
          await response.body?.cancel()
          if (answer) return answer
          throw error
        }
        await response.body?.cancel()
      }
    }
}

function isAwaited({ method, body }: RequestInit): boolean {
  return method === 'POST' && typeof body === 'string' && requestIds(body).some((id) => !isPingId(id))
}

/**
 * A request that waited in the session recovery for another one's sign-in, and in vain, is answered there with what the
 * server said, 401. Why there was no sign-in is known here.
 */
async function explained(
  response: Response,
  { signIn, body, server }: { signIn: SignIn; body: RequestInit['body']; server: URL },
): Promise<Response> {
  if (!(response.headers.get('content-type') ?? '').startsWith('application/json')) return response
  const peeked = await peekBody(response, maxErrorBytes, AbortSignal.timeout(maxPeekMs))
  const failure = signIn.lastFailure
  const isWait = peeked.text.includes('"recovery_failed"') && /\bHTTP 401\b/.test(peeked.text)
  const answer = failure && isWait ? refusalAnswer(body, failure, server) : undefined
  if (answer) void peeked.response.body?.cancel().catch(() => undefined)
  return answer ?? peeked.response
}

function withToken(init: RequestInit, { value }: AccessToken): RequestInit {
  return { ...init, headers: { ...headerRecord(init.headers), authorization: `Bearer ${value}` } }
}

function tooOften(status: number): SignInError {
  return new SignInError(
    status === 403 ? 'scope-not-granted' : 'token-refused',
    `The server answered ${status} to ${maxRenewals + 1} different tokens. Ask its operator.`,
  )
}
