/** Why there was no sign-in, for programs. Stable. */
export type SignInFailure =
  /** The user has to sign in, and this request is none that a user waits for. */
  | 'user-needed'
  | 'no-browser'
  | 'timed-out'
  | 'denied'
  | 'callback-port-taken'
  /** The server wants a token, and nobody offers one. */
  | 'not-offered'
  | 'authorization-server-unreachable'
  | 'authorization-server-refused'
  /** What the servers say about themselves can't be true, or is not safe to follow. */
  | 'untrustworthy-metadata'
  | 'registration-refused'
  /** The server refuses a token that has just been issued for it. */
  | 'token-refused'
  | 'scope-not-granted'
  | 'credentials-unavailable'
  | 'stopped'

/** A sign-in that did not happen. The message is whole sentences: what happened, and what to do. */
export class SignInError extends Error {
  readonly reason: SignInFailure

  constructor(reason: SignInFailure, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'SignInError'
    this.reason = reason
  }
}
