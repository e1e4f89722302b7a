import { exitCodes } from './exit-codes.js'

/** Bad input. The message is one line: what was given, what was expected, what to do. */
export class UsageError extends Error {
  /** What the process ends with, see {@link exitCodes}. */
  readonly exitCode: number

  constructor(message: string, exitCode: number = exitCodes.usage) {
    super(message)
    this.name = 'UsageError'
    this.exitCode = exitCode
  }
}
