import type { FetchLike } from '@mcp-tether/client'
import type { Log } from '../log/log.js'
import type { CredentialStore } from '../user-state/credential-store.js'
import type { SignInSettings } from './settings.js'

/** What a sign-in needs from outside. */
export interface SignInEnvironment {
  readonly server: URL
  readonly settings: SignInSettings
  readonly store: CredentialStore
  /** Takes the requests of the sign-in. */
  readonly fetch: FetchLike
  /** Sent with the requests that go to the MCP server's own origin, and who the bridge is. */
  readonly headers: Headers
  readonly log: Log
  readonly platform: NodeJS.Platform
  readonly variables: Readonly<Record<string, string | undefined>>
  /** Shows an address to the user. Rejects when it can't. */
  readonly openBrowser: (url: string) => Promise<void>
  readonly version: string
}
