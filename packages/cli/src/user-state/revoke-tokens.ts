import type { FetchLike } from '@mcp-tether/client'
import type { OAuthClientInformationMixed } from '@modelcontextprotocol/client'
import { findRevocationEndpoint } from './revocation-endpoint.js'
import type { StoredSignIn } from './stored-sign-in.js'

/** `not-offered`: there is nothing to revoke, or nowhere to. A failure is a phrase for the user. */
export type Revocation = 'revoked' | 'not-offered' | { readonly failed: string }

/** Tells an authorization server to forget the tokens of a sign-in. Never rejects. */
export type RevokeTokens = (signIn: StoredSignIn, signal: AbortSignal) => Promise<Revocation>

/** Token revocation (RFC 7009): the refresh token first, since its end is often that of the access token too. */
export function tokenRevocation(fetch: FetchLike): RevokeTokens {
  return async ({ tokens, clientInformation, discovery }, signal) => {
    if (!tokens || !discovery) return 'not-offered'
    try {
      const endpoint = await findRevocationEndpoint(discovery, fetch, signal)
      if (!endpoint) return 'not-offered'
      if (!clientInformation) return { failed: 'the client that the tokens were given to is not stored' }
      const { selectClientAuthMethod } = await import('@modelcontextprotocol/client')
      const method = selectClientAuthMethod(clientInformation, endpoint.authMethods)
      const found = [
        ['refresh_token', tokens.refresh_token],
        ['access_token', tokens.access_token],
      ] as const
      for (const [hint, token] of found) {
        if (token === undefined) continue
        const body = new URLSearchParams({ token, token_type_hint: hint })
        const headers = new Headers({ 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' })
        authenticate(method, clientInformation, headers, body)
        const init = { method: 'POST', headers, body: body.toString(), redirect: 'manual', signal } as const
        const response = await fetch(endpoint.url, init)
        await response.body?.cancel()
        // 200 also for a token that is not known (RFC 7009, 2.2).
        if (!response.ok) return { failed: `it answered ${response.status}` }
      }
      return 'revoked'
    } catch (error) {
      return { failed: reason(error, signal) }
    }
  }
}

/** RFC 6749, 2.3.1. */
function authenticate(
  method: string,
  { client_id: id, client_secret: secret }: OAuthClientInformationMixed,
  headers: Headers,
  body: URLSearchParams,
): void {
  if (method === 'client_secret_basic' && secret !== undefined) {
    const pair = [id, secret].map((part) => new URLSearchParams([['', part]]).toString().slice(1)).join(':')
    headers.set('authorization', `Basic ${Buffer.from(pair).toString('base64')}`)
    return
  }
  body.set('client_id', id)
  if (method === 'client_secret_post' && secret !== undefined) body.set('client_secret', secret)
}

function reason(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'it did not answer in time'
  if (!(error instanceof Error)) return String(error)
  const { code } = (error.cause ?? {}) as { code?: unknown }
  return typeof code === 'string' ? code : error.name
}
