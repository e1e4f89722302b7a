import { readContent } from '@mcp-tether/client/internal'
import { meaningOfNotFound } from './not-found-rules.js'

/** What came of one `initialize`, as plain data to decide by. */
export type StartupOutcome =
  | {
      readonly kind: 'failed'
      /** The system's code, or undici's, where there is one. */
      readonly code: string | undefined
      /** The request's own account that waiting does not help. */
      readonly isLasting: boolean
    }
  | {
      readonly kind: 'answered'
      readonly status: number
      /** Its body's beginning. */
      readonly body: string
      /** The id of the `initialize`. */
      readonly id: string | number
    }

/**
 * - `take`: it is an answer, or waiting does not change it;
 * - `wait`: the server is not there yet;
 * - `wait-a-little`: it looks so, but it may just as well be a mistyped path.
 */
export type StartupVerdict = 'take' | 'wait' | 'wait-a-little'

/** Nobody there yet, the name not known yet, no way to it yet, or gone again: `initialize` may be repeated. */
const passingFailures: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_SOCKET',
  'UND_ERR_HEADERS_TIMEOUT',
  'ERR_PROXY_CONNECT',
])

/**
 * Statuses by which a proxy says that nobody is behind it, or a server that it is not ready: RFC 9110, 15.5.9 and
 * 15.6.3 to 15.6.5; RFC 6585, 4; RFC 8470, 5.2; Cloudflare's 520 to 524 (the origin is down or silent) and 530 (its
 * tunnel is).
 */
const passingStatuses: ReadonlySet<number> = new Set([408, 425, 429, 502, 503, 504, 520, 521, 522, 523, 524, 530])

/**
 * Whether a server that is asked for the first time is worth waiting for. Not: a certificate that does not verify, a
 * wish for a sign-in (401, 403), a refusal (400 and others), an answer to this very request.
 */
export function startupVerdict(outcome: StartupOutcome): StartupVerdict {
  if (outcome.kind === 'failed') {
    return !outcome.isLasting && passingFailures.has(outcome.code ?? '') ? 'wait' : 'take'
  }
  const { status, body, id } = outcome
  const content = readContent(body)
  if (passingStatuses.has(status)) return content.shape === 'json-rpc' && content.id === id ? 'take' : 'wait'
  return status === 404 && meaningOfNotFound(body, content) === 'not-there-yet' ? 'wait-a-little' : 'take'
}
