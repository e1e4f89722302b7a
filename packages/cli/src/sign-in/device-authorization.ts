import {
  assertSecureTokenEndpoint,
  buildDiscoveryUrls,
  type FetchLike,
  type OAuthDiscoveryState,
  parseErrorResponse,
  selectClientAuthMethod,
  type StoredOAuthClientInformation,
} from '@modelcontextprotocol/client'
import { issuerOf } from './draft.js'
import { SignInError } from './sign-in-error.js'

/** The answer of the device authorization endpoint (RFC 8628, 3.2). */
export interface DeviceAuthorization {
  readonly deviceCode: string
  readonly userCode: string
  /** Where the user goes. */
  readonly verificationUri: string
  /** In milliseconds since the epoch. */
  readonly expiresAt: number
  /** Least time between two requests for the token. */
  readonly intervalMs: number
}

/** Where device codes are had (RFC 8628, 4). The SDK leaves the member out of what it reads as OpenID metadata. */
export async function deviceAuthorizationEndpoint(
  discovery: OAuthDiscoveryState,
  fetchFn: FetchLike,
): Promise<URL | undefined> {
  const { authorizationServerUrl, authorizationServerMetadata: metadata } = discovery
  if (!metadata) return undefined
  const known = endpointIn(metadata)
  if (known) return known
  for (const { url } of buildDiscoveryUrls(authorizationServerUrl)) {
    const response = await fetchFn(url, { headers: { accept: 'application/json' } })
    const document: unknown = response.ok ? await response.json().catch(() => undefined) : undefined
    const { issuer } = (document ?? {}) as { issuer?: unknown }
    if (issuer === issuerOf(discovery)) return endpointIn(document)
  }
  return undefined
}

function endpointIn(metadata: unknown): URL | undefined {
  const { device_authorization_endpoint: endpoint } = (metadata ?? {}) as { device_authorization_endpoint?: unknown }
  return typeof endpoint === 'string' && URL.canParse(endpoint) ? new URL(endpoint) : undefined
}

/** Who asks for a code, and for what. */
export interface DeviceCodeRequest {
  readonly client: StoredOAuthClientInformation
  readonly scope: string | undefined
  /** The resource indicator (RFC 8707). */
  readonly resource: string | undefined
}

/** Asks for a code (RFC 8628, 3.1). Throws the SDK's OAuthError when that is refused. */
export async function requestDeviceAuthorization({
  endpoint,
  discovery,
  client,
  scope,
  resource,
  fetchFn,
}: DeviceCodeRequest & {
  readonly endpoint: URL
  readonly discovery: OAuthDiscoveryState
  readonly fetchFn: FetchLike
}): Promise<DeviceAuthorization> {
  const body = new URLSearchParams({ client_id: client.client_id })
  if (scope !== undefined) body.set('scope', scope)
  if (resource !== undefined) body.set('resource', resource)
  const headers = new Headers({ accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' })
  const { client_secret: secret } = client
  if (secret !== undefined) {
    const methods = discovery.authorizationServerMetadata?.token_endpoint_auth_methods_supported ?? []
    if (selectClientAuthMethod(client, methods) === 'client_secret_post') body.set('client_secret', secret)
    else headers.set('authorization', `Basic ${btoa(`${client.client_id}:${secret}`)}`)
  }
  const response = await fetchFn(assertSecureTokenEndpoint(endpoint), { method: 'POST', headers, body })
  if (!response.ok) throw await parseErrorResponse(response)
  return read(await response.json())
}

function read(answer: unknown): DeviceAuthorization {
  const given = (answer ?? {}) as Record<string, unknown>
  const { device_code, user_code, verification_uri, verification_uri_complete, expires_in, interval } = given
  if (typeof device_code !== 'string' || typeof user_code !== 'string' || !isWebAddress(verification_uri)) {
    throw new SignInError(
      'untrustworthy-metadata',
      'The authorization server gave no device code that can be used. Sign in with --no-device-code on a machine with a browser.',
    )
  }
  const lifeS = typeof expires_in === 'number' && expires_in > 0 ? expires_in : 600
  return {
    deviceCode: device_code,
    userCode: user_code,
    verificationUri: isWebAddress(verification_uri_complete) ? verification_uri_complete : verification_uri,
    expiresAt: Date.now() + lifeS * 1000,
    intervalMs: typeof interval === 'number' && interval > 0 ? Math.min(interval, 60) * 1000 : 5_000,
  }
}

function isWebAddress(value: unknown): value is string {
  return typeof value === 'string' && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
}
