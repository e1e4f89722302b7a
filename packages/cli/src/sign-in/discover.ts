import {
  assertSecureTokenEndpoint,
  checkResourceAllowed,
  discoverOAuthServerInfo,
  extractWWWAuthenticateParams,
  type FetchLike,
  type OAuthDiscoveryState,
} from '@modelcontextprotocol/client'
import type { SignInEnvironment } from './environment.js'
import type { Need } from './need.js'
import { SignInError } from './sign-in-error.js'

/**
 * Finds out who gives tokens for the server (RFC 9728), and how (RFC 8414, OpenID Connect Discovery). Whoever names a
 * resource in the settings answers for it; metadata of another resource are refused.
 */
export async function discover(
  { server, settings }: Pick<SignInEnvironment, 'server' | 'settings'>,
  { response }: Need,
  fetchFn: FetchLike,
): Promise<OAuthDiscoveryState> {
  const { resourceMetadataUrl } = response ? extractWWWAuthenticateParams(response) : {}
  const info = await discoverOAuthServerInfo(server, {
    fetchFn,
    ...(resourceMetadataUrl === undefined ? {} : { resourceMetadataUrl }),
  })
  const { resourceMetadata, authorizationServerMetadata } = info
  if (resourceMetadata && settings.resource === undefined) checkResource(server, resourceMetadata.resource)
  // Now, and not when the user has signed in.
  if (authorizationServerMetadata) assertSecureTokenEndpoint(authorizationServerMetadata.token_endpoint)
  return { ...info, ...(resourceMetadataUrl === undefined ? {} : { resourceMetadataUrl: resourceMetadataUrl.href }) }
}

/** RFC 9728, 3.3: metadata of another resource would have us bring that one's tokens here. */
function checkResource(server: URL, resource: string): void {
  if (checkResourceAllowed({ requestedResource: server, configuredResource: resource })) return
  throw new SignInError(
    'untrustworthy-metadata',
    `The server's metadata are those of ${JSON.stringify(resource)}, which is another server; they are not followed. ` +
      'Check the URL, or tell its operator.',
  )
}
