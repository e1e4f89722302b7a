import {
  type FetchLike,
  InsecureTokenEndpointError,
  OAuthError,
  type OAuthDiscoveryState,
  refreshAuthorization,
} from '@modelcontextprotocol/client'
import { describeFailure } from '../bridge/describe-failure.js'
import { wait } from '../bridge/wait.js'
import type { Draft } from './draft.js'
import type { SignInSettings } from './settings.js'
import { isFor } from './same-issuer.js'

export interface RefreshOptions {
  readonly draft: Draft
  readonly settings: SignInSettings
  readonly discovery: OAuthDiscoveryState
  readonly fetchFn: FetchLike
  readonly signal: AbortSignal
}

/** Pauses before the request is made again, in milliseconds, when it certainly was not sent. */
const pausesMs = [250, 1_000, 3_000]

/**
 * Gets another access token for the refresh token (RFC 6749, 6). False when there is none, or it is worth nothing any
 * more: the draft has lost what the authorization server does not know. Rejects when that could not be found out.
 */
export async function refresh({ draft, settings, discovery, fetchFn, signal }: RefreshOptions): Promise<boolean> {
  const { tokens } = draft
  const client = settings.clientInfo ?? draft.client
  if (tokens?.refresh_token === undefined || !client || !isFor(tokens, discovery) || !isFor(client, discovery)) {
    return false
  }
  const { authorizationServerUrl, authorizationServerMetadata: metadata, resourceMetadata } = discovery
  const resource = settings.resource ?? resourceMetadata?.resource
  const refreshToken = tokens.refresh_token
  try {
    const renewed = await untilSent(signal, () =>
      refreshAuthorization(authorizationServerUrl, {
        clientInformation: client,
        refreshToken,
        fetchFn,
        ...(metadata ? { metadata } : {}),
        ...(resource === undefined || resource === 'none' ? {} : { resource }),
      }),
    )
    draft.tokens = { ...kept(tokens), ...renewed }
    return true
  } catch (error) {
    if (!(error instanceof OAuthError) || error instanceof InsecureTokenEndpointError) throw error
    switch (error.code) {
      case 'invalid_client':
      case 'unauthorized_client':
        draft.client = undefined
        break
      // Both say that it can't answer now; what it knows has not changed.
      case 'server_error':
      case 'temporarily_unavailable':
        throw error
      default:
    }
    draft.tokens = undefined
    return false
  }
}

/** What holds on when the answer does not name it again (RFC 6749, 5.1 and 6). */
function kept({ scope, issuer, id_token }: NonNullable<Draft['tokens']>) {
  return {
    ...(scope === undefined ? {} : { scope }),
    ...(issuer === undefined ? {} : { issuer }),
    ...(id_token === undefined ? {} : { id_token }),
  }
}

/** A refresh token may be used once, so that what may have been sent is not sent again. */
async function untilSent<Value>(signal: AbortSignal, send: () => Promise<Value>): Promise<Value> {
  for (const pauseMs of pausesMs) {
    try {
      return await send()
    } catch (error) {
      if (signal.aborted || !(error instanceof TypeError) || describeFailure(error).maybeSent) throw error
      await wait(pauseMs, signal)
    }
  }
  return send()
}
