/** Why another access token is needed. */
export interface Need {
  readonly why: 'unauthorized' | 'insufficient-scope' | 'expiring'
  /** The token that was refused, or whose time is nearly up. Any other will do. */
  readonly instead?: string
  /** What refused it; only its headers are read. */
  readonly response?: Response
  /** Whether the user may be asked to sign in: somebody waits. */
  readonly mayAskUser: boolean
  /** Whether what can be had without the user is known to be worth nothing. */
  readonly mustAskUser?: boolean
}
