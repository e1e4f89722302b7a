import type { DpopSession, OAuthClientProvider as OAuthClientProviderV2 } from '@modelcontextprotocol/client'
import type { OAuthClientProvider as OAuthClientProviderV1 } from '@modelcontextprotocol/sdk/client/auth.js'

interface Tokens {
  readonly access_token: string
  readonly refresh_token?: string | undefined
}

/**
 * What a host keeps for its sign-in, in memory; an `OAuthClientProvider` of both SDKs. All decisions are the SDKs' own.
 */
export class Host {
  readonly redirectUrl = 'http://127.0.0.1/callback'
  readonly clientMetadata = {
    client_name: 'host',
    application_type: 'native' as const,
    redirect_uris: [this.redirectUrl],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  }
  /** Where the SDK wanted to send the user, each time. */
  readonly redirects: URL[] = []
  readonly #dpop: DpopSession | undefined
  readonly #kept = new Map<string, unknown>()

  constructor(dpop?: DpopSession) {
    this.#dpop = dpop
  }

  get forV1(): OAuthClientProviderV1 {
    return this as unknown as OAuthClientProviderV1
  }

  get forV2(): OAuthClientProviderV2 {
    return this as unknown as OAuthClientProviderV2
  }

  readonly clientInformation = () => this.#kept.get('client')
  readonly saveClientInformation = (information: unknown) => void this.#kept.set('client', information)
  readonly tokens = () => this.#kept.get('tokens') as Tokens | undefined
  readonly saveTokens = (tokens: unknown) => void this.#kept.set('tokens', tokens)
  readonly redirectToAuthorization = (url: URL) => void this.redirects.push(url)
  readonly saveCodeVerifier = (verifier: string) => void this.#kept.set('verifier', verifier)
  readonly codeVerifier = () => this.#kept.get('verifier') as string
  readonly discoveryState = () => this.#kept.get('discovery')
  readonly saveDiscoveryState = (state: unknown) => void this.#kept.set('discovery', state)
  readonly dpop = () => this.#dpop
  readonly invalidateCredentials = (scope: string) => {
    if (scope === 'all') this.#kept.clear()
    else this.#kept.delete(scope)
  }
}
