import type { FetchLike } from '@mcp-tether/client'
import type { OAuthDiscoveryState } from '@modelcontextprotocol/client'
import { readBeginning } from '../bridge/read-text.js'

export interface RevocationEndpoint {
  readonly url: URL
  /** `revocation_endpoint_auth_methods_supported` (RFC 8414, section 2). */
  readonly authMethods: string[]
}

const maxMetadataBytes = 1024 * 1024

/**
 * Where an authorization server takes tokens back (RFC 8414, section 2). What was found at sign-in may not say: of
 * metadata that came from OpenID Connect Discovery the SDK keeps no `revocation_endpoint`, so they are asked for again.
 * Rejects when the server can't be reached, or names an address that is not secure.
 */
export async function findRevocationEndpoint(
  { authorizationServerUrl, authorizationServerMetadata }: OAuthDiscoveryState,
  fetch: FetchLike,
  signal: AbortSignal,
): Promise<RevocationEndpoint | undefined> {
  const stored: Metadata = { ...authorizationServerMetadata }
  return (await endpointIn(stored)) ?? endpointIn(await ask(authorizationServerUrl, stored.issuer, fetch, signal))
}

type Metadata = Readonly<Record<string, unknown>>

async function endpointIn(metadata: Metadata): Promise<RevocationEndpoint | undefined> {
  const { revocation_endpoint: endpoint, revocation_endpoint_auth_methods_supported: methods } = metadata
  if (typeof endpoint !== 'string') return undefined
  const { assertSecureTokenEndpoint } = await import('@modelcontextprotocol/client')
  const authMethods = Array.isArray(methods) ? methods.filter((method) => typeof method === 'string') : []
  return { url: assertSecureTokenEndpoint(endpoint), authMethods }
}

async function ask(
  authorizationServer: string,
  issuer: unknown,
  fetch: FetchLike,
  signal: AbortSignal,
): Promise<Metadata> {
  const { assertSecureTokenEndpoint, buildDiscoveryUrls } = await import('@modelcontextprotocol/client')
  for (const { url } of buildDiscoveryUrls(authorizationServer)) {
    assertSecureTokenEndpoint(url)
    const response = await fetch(url, { headers: { accept: 'application/json' }, redirect: 'manual', signal })
    const { text } = await readBeginning(response, maxMetadataBytes)
    const metadata = response.ok ? parse(text) : {}
    // The tokens go to nobody else than who gave them.
    if (metadata.issuer !== undefined && metadata.issuer === issuer && 'revocation_endpoint' in metadata)
      return metadata
  }
  return {}
}

function parse(text: string): Metadata {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
