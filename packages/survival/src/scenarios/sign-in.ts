import { json } from '../fault-server/answer.js'
import type { Tokens } from '../faces/face.js'
import type { Exchange } from '../fault-server/exchange.js'
import type { Match } from '../fault-server/match.js'
import type { Stage } from '../runner/stage.js'

const MCP_PATH = '/mcp'

/**
 * An authorization server with rotating refresh tokens, beside the MCP server (RFC 9728, RFC 8414, OAuth 2.1): a
 * refresh token is good for one refresh; used twice, everything it ever led to is revoked.
 */
export class SignIn {
  readonly #stage: Stage
  #number = 1
  #refreshes = 0
  #broken = false

  constructor(stage: Stage) {
    this.#stage = stage
    const { server } = stage
    const base = new URL(server.url).origin
    const on = (path: string, answer: (exchange: Exchange) => object, status = 200): void => {
      const its: Match = (exchange) => exchange.path.split('?', 1)[0] === path
      server.script(its, (exchange) => json(status, answer(exchange)), { times: Infinity })
    }
    on(`/.well-known/oauth-protected-resource${MCP_PATH}`, () => ({
      resource: server.url,
      authorization_servers: [base],
    }))
    on('/.well-known/oauth-authorization-server', () => ({
      issuer: base,
      authorization_endpoint: `${base}/authorize`,
      token_endpoint: `${base}/token`,
      response_types_supported: ['code'],
      grant_types_supported: ['authorization_code', 'refresh_token'],
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: ['none'],
    }))
    server.script(
      ({ path }) => path === '/token',
      ({ body }) => this.#refresh(new URLSearchParams(body).get('refresh_token')),
      { times: Infinity },
    )
    this.#keepSecret()
  }

  /** What the client holds who has signed in. */
  get tokens(): Tokens {
    const issuer = new URL(this.#stage.server.url).origin
    return { access: this.#access, refresh: this.#refreshToken, issuer, tokenEndpoint: `${issuer}/token` }
  }

  /** The access token is no longer good; its refresh token is. */
  expire(): void {
    this.#number++
    this.#keepSecret()
  }

  /** Nor is the refresh token. */
  revoke(): void {
    this.expire()
    this.#broken = true
  }

  /** Carries the token that is good now. */
  readonly isAuthorized: Match = ({ headers }) => !this.#broken && headers.authorization === `Bearer ${this.#access}`

  /** Answers 401 to what matches and is not authorized. */
  guard(matches: Match): void {
    this.#stage.server.script(
      (exchange) => exchange.path === MCP_PATH && matches(exchange) && !this.isAuthorized(exchange),
      json(401, { error: 'invalid_token' }, { 'www-authenticate': this.#challenge }),
      { times: Infinity },
    )
  }

  get #challenge(): string {
    const metadata = this.#stage.server.urlOf(`/.well-known/oauth-protected-resource${MCP_PATH}`)
    return `Bearer error="invalid_token", resource_metadata="${metadata}"`
  }

  get #access(): string {
    return `access-token-0123456789-${String(this.#number)}`
  }

  /** The one that is good for the next refresh: it was given with the access token before. */
  get #refreshToken(): string {
    return `refresh-token-0123456789-${String(this.#refreshes)}`
  }

  #refresh(given: string | null) {
    if (this.#broken || given !== this.#refreshToken) {
      this.#broken = true
      return json(400, { error: 'invalid_grant' })
    }
    this.#refreshes++
    this.#keepSecret()
    return json(200, {
      access_token: this.#access,
      refresh_token: this.#refreshToken,
      token_type: 'Bearer',
      expires_in: 3600,
    })
  }

  #keepSecret(): void {
    this.#stage.keepSecret(this.#access)
    this.#stage.keepSecret(this.#refreshToken)
  }
}
