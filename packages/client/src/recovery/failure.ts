import type { RecoveryStep } from '../base/events.js'
import { redact } from '../base/redact.js'
import type { JsonRpcError } from '../wire/json-rpc.js'
import type { NeverLasting } from './never-lasting.js'

/** JSON-RPC error codes of our own, in the range that MCP leaves to implementations. */
const recoveryFailedCode = -32010
const outcomeUnknownCode = -32011
const serverUnavailableCode = -32012

/** What was tried for a request, how often and how long, and what stood against it. A value: it ends up in an answer. */
export interface Failure {
  /** What happened, fit to be shown. */
  readonly cause: string
  readonly durationMs: number
  readonly attempts: number
}

/** Why a session could not be renewed, or the request not be answered on the new one. */
export interface RecoveryFailure extends Failure {
  readonly step: RecoveryStep
  /** A reason with a name of its own. */
  readonly reason?: NeverLasting | Suspended | undefined
}

/** Recoveries of this server keep failing, so that none is tried for a while. */
export interface Suspended {
  readonly code: 'recovery_suspended'
  /** For how long, in milliseconds. */
  readonly retryAfterMs: number
}

/** The error for a request that the server refused and that could not be sent again. It was not run. */
export function recoveryFailedError({ step, reason, ...failure }: RecoveryFailure): JsonRpcError {
  const { cause, durationMs, attempts } = failure
  const tried = `${stepsInWords[step]} (attempt ${String(attempts)}, ${String(durationMs)} ms): ${cause}`
  const { what, advice } = inWords(reason, tried, cause)
  const { code, ...details } = reason ?? { code: 'recovery_failed' }
  return {
    code: recoveryFailedCode,
    message: `The MCP server lost this session and ${what}. It did not run the request, so ${advice}.`,
    data: { code, step, ...details, attempts, durationMs, cause },
  }
}

function inWords(reason: RecoveryFailure['reason'], tried: string, cause: string): { what: string; advice: string } {
  switch (reason?.code) {
    case undefined:
      return { what: `it could not be renewed: ${tried}`, advice: 'it is safe to try it again later' }
    case 'sessions_never_last':
      return {
        what:
          `${String(reason.sessions)} new sessions in a row were lost before anything was answered on them; ` +
          `at last ${tried}. Often several replicas share one address without sticky sessions`,
        advice: 'it is safe to try it again, but that will hardly help before the server is mended',
      }
    case 'recovery_suspended': {
      const seconds = String(Math.ceil(reason.retryAfterMs / 1000))
      return {
        what: `its renewals keep failing (${cause}), so that none is tried for the next ${seconds} s`,
        advice: 'it is safe to try it again after that',
      }
    }
  }
}

/** The error for a request that the options forbid to send again, on a session that is well. */
export function notReplayedError(subject: string, { cause, durationMs, attempts }: Failure): JsonRpcError {
  return {
    code: recoveryFailedCode,
    message:
      `The MCP server lost this session. It was renewed, but ${subject} was not sent again: ${cause}. ` +
      'The server refused it before running it, so it is safe to call it again now.',
    data: { code: 'not_replayed', step: 'replay', attempts, durationMs, cause },
  }
}

/** The error for a request whose session id did not arrive. */
export function headerLostError({ cause, durationMs, attempts }: Failure): JsonRpcError {
  return {
    code: recoveryFailedCode,
    message:
      `The MCP server did not get the Mcp-Session-Id header that was sent: ${cause}. Something between client and ` +
      'server takes it away, often a proxy, so that a new session would not help. The request was not executed.',
    data: { code: 'session_header_lost', attempts, durationMs, cause },
  }
}

/** The error for a request that broke off after it was sent, and that is not safe to repeat. */
export function outcomeUnknownError(subject: string, { cause, durationMs, attempts }: Failure): JsonRpcError {
  return {
    code: outcomeUnknownCode,
    message:
      `No answer came to ${subject}: ${cause}. It may or may not have been executed. ` +
      'Verify with a read before calling it again.',
    data: { code: 'outcome_unknown', attempts, durationMs, cause },
  }
}

/**
 * The error for a request that was tried in vain for as long as the outage budget has room.
 * @param mayHaveRun whether one of the tries may have been executed, which did no harm
 */
export function serverUnavailableError(
  subject: string,
  { cause, durationMs, attempts }: Failure,
  mayHaveRun: boolean,
): JsonRpcError {
  const isSafe = mayHaveRun
    ? `It is safe to try ${subject} again later.`
    : `${capitalised(subject)} was not executed, so it is safe to try it again later.`
  return {
    code: serverUnavailableCode,
    message: `The MCP server is not available: ${cause} (${String(attempts)} tries in ${String(durationMs)} ms). ${isSafe}`,
    data: { code: 'server_unavailable', attempts, durationMs, cause },
  }
}

const stepsInWords: Readonly<Record<RecoveryStep, string>> = {
  initialize: 'the new initialize failed',
  initialized: 'the new session did not take notifications/initialized',
  restore: 'the new session did not take the log level and the subscriptions',
  replay: 'the new session refused the request too',
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** What an error says, with the system's code where there is one (`fetch failed` alone helps nobody). */
export function causeOf(error: unknown, secrets: Iterable<string | undefined> = []): string {
  if (!(error instanceof Error)) return redact(String(error), secrets)
  const inner = error.cause
  const details = inner instanceof Error ? [error.message, codeOf(inner) ?? inner.message] : [error.message]
  return redact(details.filter((detail) => detail !== '').join(': ') || error.name, secrets)
}

function codeOf(error: Error): string | undefined {
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? code : undefined
}
