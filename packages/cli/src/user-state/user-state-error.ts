import { exitCodes } from '../command/exit-codes.js'
import { UsageError } from '../command/usage-error.js'

/**
 * A file or directory of this user's state that can't be used. The message is one line: which file, what is wrong with
 * it, what to do. It never holds what the file contains.
 */
export class UserStateError extends UsageError {
  constructor(message: string, { cause }: ErrorOptions = {}) {
    super(message, exitCodes.credentials)
    this.name = 'UserStateError'
    this.cause = cause
  }
}

/** The error code of a failed system call. */
export function systemCode(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { code?: unknown }
  return typeof code === 'string' ? code : undefined
}
