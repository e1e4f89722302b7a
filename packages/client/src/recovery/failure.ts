import type { RecoveryStep } from '../base/events.js'
import { redact } from '../base/redact.js'
import type { JsonRpcError } from '../wire/json-rpc.js'

/** JSON-RPC error codes of our own, in the range that MCP leaves to implementations. */
const recoveryFailedCode = -32010
const outcomeUnknownCode = -32011

/** Why a session could not be renewed, or a refused request not be answered. A value: it ends up in an answer. */
export interface RecoveryFailure {
  readonly step: RecoveryStep
  /** What happened, fit to be shown. */
  readonly cause: string
  readonly durationMs: number
  /** How often `initialize` was tried. */
  readonly attempts: number
}

/** The error for a request that the server refused and that could not be sent again. It was not run. */
export function recoveryFailedError({ step, cause, durationMs, attempts }: RecoveryFailure): JsonRpcError {
  const tried = `${stepsInWords[step]} (attempt ${String(attempts)}, ${String(durationMs)} ms): ${cause}`
  return {
    code: recoveryFailedCode,
    message:
      `The MCP server lost this session and it could not be renewed: ${tried}. ` +
      'The server refused the request before running it, so it is safe to try it again later.',
    data: { code: 'recovery_failed', step, attempts, durationMs, cause },
  }
}

/** The error for a request that was sent again and broke off: it may have run. */
export function outcomeUnknownError({ cause, durationMs, attempts }: RecoveryFailure, method: string): JsonRpcError {
  return {
    code: outcomeUnknownCode,
    message:
      `The MCP server lost this session; it was renewed and ${method} was sent again, but no answer came: ${cause}. ` +
      'It may or may not have been executed. Verify with a read before calling it again.',
    data: { code: 'outcome_unknown', step: 'replay', attempts, durationMs, cause },
  }
}

const stepsInWords: Readonly<Record<RecoveryStep, string>> = {
  initialize: 'the new initialize failed',
  initialized: 'the new session did not take notifications/initialized',
  replay: 'the new session refused the request too',
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
