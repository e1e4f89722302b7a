import type { ClientKey } from './client-key.js'

/** Facts about a client that its authorization server has registered by other means (RFC 7591, 3.2.1). */
export interface StaticClient {
  readonly client_id: string
  readonly client_secret?: string
  readonly token_endpoint_auth_method?: string
  /** The authorization server it is registered with: its credentials are sent to no other. */
  readonly issuer?: string
}

/** How to sign in. Everything is optional: a server that says where its authorization server is needs nothing. */
export interface SignInSettings {
  /** Longest time one sign-in may take, waiting for the user included, in milliseconds. @default 300_000 */
  readonly signInTimeout?: number
  /** Scopes to ask for, with spaces between them. @default what the server names */
  readonly scope?: string
  /** The client, where it is registered already. */
  readonly clientInfo?: StaticClient
  /** Members of the client's metadata (RFC 7591, 2) that are to be others than the bridge's own. */
  readonly clientMetadata?: Readonly<Record<string, unknown>>
  /** Where the client's metadata document is (draft-ietf-oauth-client-id-metadata-document). */
  readonly clientMetadataUrl?: string
  /** The resource indicator (RFC 8707); `none` sends none. @default what the server's metadata name */
  readonly resource?: URL | 'none'
  /** More parameters of the authorization request. */
  readonly authorizeParams?: readonly (readonly [name: string, value: string])[]
  /** The port that the browser comes back to. @default one that is derived from the server's URL */
  readonly callbackPort?: number
  /** The name of this machine in the redirect URI. @default '127.0.0.1' */
  readonly callbackHost?: 'localhost' | '127.0.0.1'
  /** The path of the redirect URI. @default '/callback' */
  readonly callbackPath?: string
  /** Whether to open the browser; `false` only prints the address. @default if there is one */
  readonly browser?: boolean
  /** Sign in with a code that is typed in on another machine (RFC 8628). @default where there is no browser */
  readonly deviceCode?: boolean
  /** Sign in as the client itself, with `clientInfo` (RFC 6749, 4.4). @default false */
  readonly clientCredentials?: boolean
  /** The private key that the client signs its assertions with, instead of a secret (RFC 7523, 2.2). */
  readonly clientKey?: ClientKey
  /** Send the ID token (OpenID Connect Core, 2) in the place of the access token. @default false */
  readonly useIdToken?: boolean
}

export const defaultSignInTimeoutMs = 300_000
