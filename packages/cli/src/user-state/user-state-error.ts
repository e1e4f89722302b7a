/**
 * A file or directory of this user's state that can't be used. The message is one line: which file, what is wrong with
 * it, what to do. It never holds what the file contains.
 */
export class UserStateError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'UserStateError'
  }
}

/** The error code of a failed system call. */
export function systemCode(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { code?: unknown }
  return typeof code === 'string' ? code : undefined
}
