/** Bad input on the command line. The message is one line: what was given, what was expected, what to do. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'UsageError'
  }
}
