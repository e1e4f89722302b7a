import type { AccessToken } from './access-token.js'
import type { StoredSignIn } from '../user-state/stored-sign-in.js'

/** The access token in what is stored. */
export function storedToken(
  { tokens, obtainedAt }: StoredSignIn,
  { origin, useIdToken }: { readonly origin: AccessToken['origin']; readonly useIdToken: boolean },
): AccessToken | undefined {
  const value = useIdToken ? tokens?.id_token : tokens?.access_token
  if (!tokens || value === undefined) return undefined
  const expiresAt = useIdToken ? idTokenExpiry(value) : accessTokenExpiry(tokens.expires_in, obtainedAt)
  return {
    value,
    origin,
    issuedAt: obtainedAt ?? 0,
    renewable: tokens.refresh_token !== undefined,
    ...(expiresAt === undefined ? {} : { expiresAt }),
  }
}

function accessTokenExpiry(lifeS: number | undefined, obtainedAt: number | undefined): number | undefined {
  // Some servers say 0 where they mean that they don't say.
  return lifeS !== undefined && lifeS > 0 && obtainedAt !== undefined ? obtainedAt + lifeS * 1000 : undefined
}

/** Nobody verifies it here: it decides when to ask for another one, and nothing else. */
function idTokenExpiry(idToken: string): number | undefined {
  try {
    const [, payload = ''] = idToken.split('.')
    const { exp } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { exp?: unknown }
    return typeof exp === 'number' ? exp * 1000 : undefined
  } catch {
    return undefined
  }
}

/** Whether every scope in `wanted` is in `granted`; both are lists with spaces (RFC 6749, 3.3). */
export function coversScope(granted: string | undefined, wanted: string | undefined): boolean {
  const has = new Set(scopes(granted))
  return scopes(wanted).every((scope) => has.has(scope))
}

function scopes(list: string | undefined): string[] {
  return (list ?? '').split(/\s+/).filter((scope) => scope !== '')
}
