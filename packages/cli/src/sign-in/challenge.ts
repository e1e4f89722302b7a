/**
 * What a server asks for by refusing a request: a token, or one that may do more (RFC 6750, 3.1). Any other answer asks
 * for nothing; a 403 without that error is a decision about the user, which no sign-in changes.
 */
export type Challenge = 'unauthorized' | 'insufficient-scope'

export function challengeIn({ status, headers }: Response): Challenge | undefined {
  if (status === 401) return 'unauthorized'
  if (status !== 403) return undefined
  const asks = /\berror\s*=\s*"?insufficient_scope\b/i.test(headers.get('www-authenticate') ?? '')
  return asks ? 'insufficient-scope' : undefined
}
