import type { OAuthDiscoveryState, StoredOAuthClientInformation, StoredOAuthTokens } from '@modelcontextprotocol/client'
import type { StoredSignIn } from '../user-state/stored-sign-in.js'

/** What will be stored of a sign-in, while it is being made. */
export class Draft {
  #value: StoredSignIn

  constructor(current: StoredSignIn | undefined, server: URL) {
    this.#value = current ?? { version: 1, server: server.href }
  }

  /** Makes all of another draft its own. */
  adopt({ value }: Draft): void {
    this.#value = value
  }

  get value(): StoredSignIn {
    return this.#value
  }

  get client(): StoredOAuthClientInformation | undefined {
    return this.#value.clientInformation
  }

  set client(clientInformation: StoredOAuthClientInformation | undefined) {
    this.#set({ clientInformation })
  }

  get tokens(): StoredOAuthTokens | undefined {
    return this.#value.tokens
  }

  set tokens(tokens: StoredOAuthTokens | undefined) {
    this.#set(tokens ? { tokens, obtainedAt: Date.now() } : { tokens, obtainedAt: undefined })
  }

  get discovery(): OAuthDiscoveryState | undefined {
    return this.#value.discovery
  }

  /** What belongs to another authorization server than this one's is left to its own place in the store. */
  set discovery(discovery: OAuthDiscoveryState | undefined) {
    const issuer = discovery && issuerOf(discovery)
    if (issuer !== undefined && this.#value.issuer !== undefined && issuer !== this.#value.issuer) {
      this.#value = { version: 1, server: this.#value.server }
    }
    this.#set({ discovery, ...(issuer === undefined ? {} : { issuer }) })
  }

  #set(change: { readonly [Key in keyof StoredSignIn]?: StoredSignIn[Key] | undefined }): void {
    const entries = Object.entries({ ...this.#value, ...change }).filter(([, value]) => value !== undefined)
    this.#value = Object.fromEntries(entries) as unknown as StoredSignIn
  }
}

/** The authorization server's identity (RFC 8414, 2); its address where it has no metadata. */
export function issuerOf({ authorizationServerMetadata, authorizationServerUrl }: OAuthDiscoveryState): string {
  return authorizationServerMetadata?.issuer ?? authorizationServerUrl
}
