/** What the tests use of panva's authorization server; the package brings no types. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http'

  interface Token {
    readonly jti: string
    readonly kind: string
    destroy(): Promise<void>
  }

  interface Context {
    readonly path: string
    status: number
    readonly oidc?: { readonly params?: Readonly<Record<string, unknown>> }
  }

  export default class Provider {
    constructor(issuer: string, configuration: object)
    readonly AccessToken: { find(value: string): Promise<Token | undefined> }
    readonly Client: { readonly adapter: { destroy(clientId: string): Promise<void> } }
    readonly ClientCredentials: { find(value: string): Promise<Token | undefined> }
    readonly RefreshToken: { find(value: string): Promise<Token | undefined> }
    callback(): (request: IncomingMessage, response: ServerResponse) => void
    use(middleware: (context: Context, next: () => Promise<void>) => Promise<void>): void
    on(event: 'registration_create.success', listener: (context: Context, client: { clientId: string }) => void): void
    on(
      event: 'access_token.saved' | 'refresh_token.saved' | 'client_credentials.saved',
      listener: (token: Token) => void,
    ): void
  }
}
