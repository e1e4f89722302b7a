import type { AccessToken } from './access-token.js'
import type { StoredSignIn } from '../user-state/stored-sign-in.js'

/** The access token in what is stored. */
export function storedToken(
  { tokens, obtainedAt }: StoredSignIn,
  { origin, useIdToken }: { readonly origin: AccessToken['origin']; readonly useIdToken: boolean },
): AccessToken | undefined {
  const value = useIdToken ? tokens?.id_token : tokens?.access_token
  if (!tokens || value === undefined) return undefined
  const issuedAt = obtainedAt ?? 0
  // Some servers say 0 where they mean that they don't say.
  const lifeMs = tokens.expires_in !== undefined && tokens.expires_in > 0 ? tokens.expires_in * 1000 : undefined
  return {
    value,
    origin,
    issuedAt,
    renewable: tokens.refresh_token !== undefined,
    ...(lifeMs === undefined || obtainedAt === undefined ? {} : { expiresAt: obtainedAt + lifeMs }),
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
