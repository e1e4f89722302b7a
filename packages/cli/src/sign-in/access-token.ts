/** What a request to the server needs to know of a sign-in. Times are in milliseconds since the epoch. */
export interface AccessToken {
  readonly value: string
  readonly issuedAt: number
  /** When its time is up; unknown if the authorization server did not say. */
  readonly expiresAt?: number
  /** Whether another one can be had without the user. */
  readonly renewable: boolean
  /** Where this process has it from: read, had for a refresh token or the client's own secret, or by the user. */
  readonly origin: 'stored' | 'renewed' | 'user'
}

/** Renewed this long before its time is up, or in the last tenth of its life if that is shorter. */
const leadMs = 60_000

export type Freshness = 'fresh' | 'expiring' | 'expired'

/** Whether a token is to be renewed before it is used. One that can't be renewed is used until it is refused. */
export function freshness({ issuedAt, expiresAt, renewable }: AccessToken, now: number): Freshness {
  if (expiresAt === undefined || !renewable) return 'fresh'
  if (now >= expiresAt) return 'expired'
  return now >= expiresAt - Math.min(leadMs, (expiresAt - issuedAt) / 10) ? 'expiring' : 'fresh'
}

/**
 * What to do about a token that was refused with 401.
 * - `renew`: its time may be up, or it was revoked;
 * - `ask-user`: it has just been renewed, so that the sign-in behind it is worth nothing any more;
 * - `give-up`: the user has just signed in for it, and would be asked for ever.
 */
export function afterRefusal(
  { origin, expiresAt }: AccessToken,
  { accepted, now }: { readonly accepted: boolean; readonly now: number },
): 'renew' | 'ask-user' | 'give-up' {
  const hadItsTime = accepted || (expiresAt !== undefined && now >= expiresAt)
  if (hadItsTime || origin === 'stored') return 'renew'
  return origin === 'renewed' ? 'ask-user' : 'give-up'
}
