import {
  exchangeAuthorization,
  type FetchLike,
  OAuthError,
  type OAuthDiscoveryState,
  type StoredOAuthClientInformation,
} from '@modelcontextprotocol/client'

/**
 * Whether the authorization server still has a client that registered itself before. One that it has deleted would get
 * an error page in the user's browser and nothing would ever come back; its token endpoint says so in the protocol
 * (RFC 6749, 5.2), before it looks at a code that can't be one. A doubt counts as yes.
 */
export async function isClientKnown({
  client,
  discovery,
  redirectUrl,
  fetchFn,
}: {
  readonly client: StoredOAuthClientInformation
  readonly discovery: OAuthDiscoveryState
  readonly redirectUrl: string
  readonly fetchFn: FetchLike
}): Promise<boolean> {
  const { authorizationServerUrl, authorizationServerMetadata: metadata } = discovery
  try {
    await exchangeAuthorization(authorizationServerUrl, {
      ...(metadata ? { metadata: { ...metadata, authorization_response_iss_parameter_supported: false } } : {}),
      clientInformation: client,
      authorizationCode: 'is-this-client-known',
      codeVerifier: 'x'.repeat(43),
      redirectUri: redirectUrl,
      fetchFn,
    })
    return true
  } catch (error) {
    return !(error instanceof OAuthError && error.code === 'invalid_client')
  }
}
