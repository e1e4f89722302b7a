import type {
  OAuthClientMetadata,
  OAuthClientProvider,
  OAuthDiscoveryState,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from '@modelcontextprotocol/client'
import type { Draft } from './draft.js'
import type { SignInSettings } from './settings.js'

export interface ProviderOptions {
  readonly draft: Draft
  readonly settings: SignInSettings
  readonly discovery: OAuthDiscoveryState
  /** Where the browser comes back to; without one the SDK asks for tokens at once. */
  readonly redirectUrl?: string
  readonly state?: string
  readonly grantTypes: readonly string[]
  readonly version: string
}

/**
 * What the SDK's `auth` asks of a client, on a draft: one is made for each sign-in. All decisions of the protocol are
 * the SDK's.
 */
export class TetherOAuthProvider implements OAuthClientProvider {
  /** Where the SDK would send the user. */
  authorizationUrl: URL | undefined
  /** The resource indicator that the SDK has chosen. */
  resource: string | undefined
  readonly redirectUrl: string | undefined
  readonly clientMetadataUrl?: string
  readonly validateResourceURL?: () => Promise<URL | undefined>
  readonly saveClientInformation?: (client: StoredOAuthClientInformation) => void
  readonly #options: ProviderOptions
  #codeVerifier = ''

  constructor(options: ProviderOptions) {
    const { settings, redirectUrl, draft } = options
    const { clientMetadataUrl, resource } = settings
    this.#options = options
    this.redirectUrl = redirectUrl
    if (clientMetadataUrl !== undefined) this.clientMetadataUrl = clientMetadataUrl
    if (resource !== undefined) {
      this.validateResourceURL = () => Promise.resolve(resource === 'none' ? undefined : resource)
    }
    // Without it the SDK does not register: the client of the settings is the only one.
    if (!settings.clientInfo) this.saveClientInformation = (client) => (draft.client = client)
  }

  get clientMetadata(): OAuthClientMetadata {
    const { settings, redirectUrl, grantTypes, version, discovery } = this.#options
    return {
      client_name: 'MCP Tether',
      software_id: 'mcp-tether',
      software_version: version,
      redirect_uris: redirectUrl === undefined ? [] : [redirectUrl],
      grant_types: [...grantTypes],
      response_types: redirectUrl === undefined ? [] : ['code'],
      token_endpoint_auth_method: authMethod(discovery),
      application_type: 'native',
      ...(settings.scope === undefined ? {} : { scope: settings.scope }),
      ...settings.clientMetadata,
    }
  }

  clientInformation(): StoredOAuthClientInformation | undefined {
    const { settings, draft } = this.#options
    return settings.clientInfo ?? draft.client
  }

  tokens(): StoredOAuthTokens | undefined {
    return this.#options.draft.tokens
  }

  saveTokens(tokens: StoredOAuthTokens): void {
    this.#options.draft.tokens = tokens
  }

  state(): string {
    return this.#options.state ?? ''
  }

  redirectToAuthorization(url: URL): void {
    this.authorizationUrl = url
  }

  saveCodeVerifier(verifier: string): void {
    this.#codeVerifier = verifier
  }

  codeVerifier(): string {
    return this.#codeVerifier
  }

  discoveryState(): OAuthDiscoveryState {
    return this.#options.discovery
  }

  saveDiscoveryState(): void {
    // It was made before, and is what `discoveryState` says.
  }

  saveResourceUrl(resource: string): void {
    this.resource = resource
  }

  invalidateCredentials(what: 'all' | 'client' | 'tokens' | 'verifier' | 'discovery'): void {
    const { draft } = this.#options
    if (what === 'all' || what === 'client') draft.client = undefined
    if (what === 'all' || what === 'tokens') draft.tokens = undefined
  }
}

/** A program on the user's machine keeps no secret (RFC 8252, 8.5); some servers insist on one. */
function authMethod({ authorizationServerMetadata }: OAuthDiscoveryState): string {
  const supported = authorizationServerMetadata?.token_endpoint_auth_methods_supported ?? ['none']
  return ['none', 'client_secret_post', 'client_secret_basic'].find((method) => supported.includes(method)) ?? 'none'
}
