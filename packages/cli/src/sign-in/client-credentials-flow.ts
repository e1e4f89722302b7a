import {
  auth,
  ClientCredentialsProvider,
  type FetchLike,
  type OAuthDiscoveryState,
  type OAuthTokens,
  PrivateKeyJwtProvider,
} from '@modelcontextprotocol/client'
import { issuerOf } from './draft.js'
import type { SignInSettings } from './settings.js'
import { SignInError } from './sign-in-error.js'

/** The client signs in as itself (RFC 6749, 4.4), with its secret or with a signed assertion (RFC 7523, 2.2). */
export async function clientCredentialsFlow({
  server,
  settings,
  discovery,
  scope,
  fetchFn,
}: {
  readonly server: URL
  readonly settings: SignInSettings
  readonly discovery: OAuthDiscoveryState
  readonly scope: string | undefined
  readonly fetchFn: FetchLike
}): Promise<OAuthTokens> {
  const provider = Object.assign(providerFor(settings, discovery), {
    discoveryState: () => discovery,
    saveDiscoveryState: () => undefined,
  })
  const { resource } = settings
  if (resource !== undefined) {
    Object.assign(provider, { validateResourceURL: () => Promise.resolve(resource === 'none' ? undefined : resource) })
  }
  await auth(provider, { serverUrl: server, fetchFn, ...(scope === undefined ? {} : { scope }) })
  const tokens = provider.tokens()
  if (!tokens)
    throw new SignInError('authorization-server-refused', 'The authorization server gave the client no token.')
  return tokens
}

function providerFor(
  { clientInfo, clientKey, scope }: SignInSettings,
  discovery: OAuthDiscoveryState,
): ClientCredentialsProvider | PrivateKeyJwtProvider {
  if (!clientInfo)
    throw new SignInError('not-offered', '--client-credentials needs the client: give it with --client-info.')
  const common = {
    clientId: clientInfo.client_id,
    clientName: 'MCP Tether',
    expectedIssuer: clientInfo.issuer ?? issuerOf(discovery),
    ...(scope === undefined ? {} : { scope }),
  }
  if (clientKey !== undefined) {
    const { key, algorithm } = clientKey
    return new PrivateKeyJwtProvider({ ...common, privateKey: { ...key }, algorithm })
  }
  if (clientInfo.client_secret === undefined) {
    throw new SignInError(
      'not-offered',
      '--client-credentials needs a client_secret in --client-info, or a private key in --client-key.',
    )
  }
  return new ClientCredentialsProvider({ ...common, clientSecret: clientInfo.client_secret })
}
