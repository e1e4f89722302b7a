import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'
import { Changes } from '../transparency/changes.js'

/** One answer of the token endpoint. */
export interface Grant {
  readonly type: string
  readonly status: number
}

const introspector = { client_id: 'mcp-server', client_secret: 'known-to-the-mcp-server-only' }

/**
 * A real OAuth 2.1 authorization server (panva's `oidc-provider`) on a free port of 127.0.0.1. Clients register
 * themselves; PKCE is required; every refresh rotates the refresh token, and a refresh token that comes a second time
 * revokes the whole grant (OAuth 2.1, 4.3.1).
 */
export class AuthorizationServer extends Changes {
  /** The answers of its token endpoint, in their order. */
  readonly grants: Grant[] = []
  /** Runs before the token endpoint does its work: to hold it. */
  beforeToken: () => Promise<void> = () => Promise.resolve()
  /** Whether its token endpoint is behind a proxy that finds nobody. */
  isAway = false
  readonly issuer: string
  readonly #server: Server
  readonly #provider: Provider
  readonly #accessTokens: string[] = []
  readonly #refreshTokens: string[] = []
  readonly #clientTokens: string[] = []
  /** The clients that have registered themselves. */
  readonly registered: string[] = []

  private constructor(server: Server, settings: AuthorizationServerSettings) {
    super()
    this.#server = server
    this.issuer = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
    this.#provider = new Provider(this.issuer, configurationFor(settings))
    this.#provider.on('access_token.saved', ({ jti }) => this.#accessTokens.push(jti))
    this.#provider.on('client_credentials.saved', ({ jti }) => this.#clientTokens.push(jti))
    this.#provider.on('refresh_token.saved', ({ jti }) => this.#refreshTokens.push(jti))
    this.#provider.on('registration_create.success', (_context, { clientId }) => this.registered.push(clientId))
    this.#provider.use(async (context, next) => {
      if (context.path !== '/token') return next()
      if (this.isAway) {
        context.status = 503
        return undefined
      }
      await this.beforeToken()
      await next()
      this.grants.push({ type: String(context.oidc?.params?.grant_type), status: context.status })
      this.changed()
    })
    server.on('request', this.#provider.callback())
  }

  static async start(settings: AuthorizationServerSettings = {}): Promise<AuthorizationServer> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new AuthorizationServer(server, settings)
  }

  /** The refresh grants among the answers. */
  get refreshes(): Grant[] {
    return this.grants.filter(({ type }) => type === 'refresh_token')
  }

  /** Every access token of before is over, as if its time were up. */
  async expireAccessTokens(): Promise<void> {
    for (const jti of this.#accessTokens.splice(0)) await (await this.#provider.AccessToken.find(jti))?.destroy()
  }

  /** The same for the tokens of clients that sign in as themselves. */
  async expireClientTokens(): Promise<void> {
    for (const jti of this.#clientTokens.splice(0)) await (await this.#provider.ClientCredentials.find(jti))?.destroy()
  }

  /** From here on no refresh token that it has issued is worth anything. */
  async forgetRefreshTokens(): Promise<void> {
    for (const jti of this.#refreshTokens.splice(0)) await (await this.#provider.RefreshToken.find(jti))?.destroy()
  }

  /** It has cleaned up: no client that has registered itself is known any more. */
  async forgetClients(): Promise<void> {
    for (const clientId of this.registered) await this.#provider.Client.adapter.destroy(clientId)
  }

  /** Whether this refresh token could still be used. */
  async knowsRefreshToken(token: string): Promise<boolean> {
    return (await this.#introspect(token)).active
  }

  /** What the token is good for (RFC 7662): the question of a resource server. */
  introspect(token: string): Promise<Introspection> {
    return this.#introspect(token)
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve()
      })
    })
    this.#server.closeAllConnections()
    await closed
  }

  async #introspect(token: string): Promise<Introspection> {
    const response = await fetch(`${this.issuer}/token/introspection`, {
      method: 'POST',
      body: new URLSearchParams({ token, ...introspector }),
    })
    return (await response.json()) as Introspection
  }
}

/** RFC 7662, 2.2, and RFC 9449, 6.2. */
export interface Introspection {
  readonly active: boolean
  readonly aud?: string
  readonly scope?: string
  readonly client_id?: string
  readonly token_type?: string
  readonly cnf?: { readonly jkt?: string }
}

export interface AuthorizationServerSettings {
  /** How long an access token holds, in seconds. @default 60 */
  readonly accessTokenTTL?: number
  /** Clients that were registered by hand. */
  readonly clients?: readonly object[]
  /** What it finds at the addresses of client ID metadata documents; without it, it takes no such client. */
  readonly documents?: Readonly<Record<string, object>>
  /** Whether it offers device codes (RFC 8628). @default false */
  readonly deviceCode?: boolean
}

const configurationFor = ({
  accessTokenTTL = 60,
  clients = [],
  deviceCode = false,
  documents,
}: AuthorizationServerSettings) => ({
  fetch: (url: URL | string, options?: RequestInit) => {
    const document = documents?.[String(url)]
    return document ? Promise.resolve(Response.json(document)) : fetch(url, options)
  },
  clients: [
    {
      ...introspector,
      ...{ redirect_uris: [], response_types: [], grant_types: [], token_endpoint_auth_method: 'client_secret_post' },
    },
    ...clients,
  ],
  cookies: { keys: ['of the tests'] },
  scopes: ['mcp', 'mcp:write', 'offline_access'],
  ttl: {
    ...{ AccessToken: 60, RefreshToken: 3600, AuthorizationCode: 60, Grant: 3600, Session: 3600, Interaction: 600 },
    ...{ ClientCredentials: accessTokenTTL, DeviceCode: 600 },
  },
  clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'],
  rotateRefreshToken: true,
  issueRefreshToken: () => true,
  features: {
    devInteractions: { enabled: true },
    registration: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
    dPoP: { enabled: true },
    clientCredentials: { enabled: true },
    deviceFlow: { enabled: deviceCode },
    clientIdMetadataDocument: { enabled: documents !== undefined, ack: 'draft-02' },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      getResourceServerInfo: (_context: unknown, resource: string) => ({
        ...{ scope: 'mcp mcp:write', audience: resource, accessTokenTTL, accessTokenFormat: 'opaque' },
      }),
    },
  },
})
