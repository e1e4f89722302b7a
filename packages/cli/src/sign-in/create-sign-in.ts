import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import type { FetchLike } from '@mcp-tether/client'
import type { Log } from '../log/log.js'
import type { CredentialStore } from '../user-state/credential-store.js'
import { userDirectories } from '../user-state/directories.js'
import type { AccessToken } from './access-token.js'
import { accountName } from './account-name.js'
import { defaultSignInTimeoutMs, type SignInSettings } from './settings.js'
import { SignIn } from './sign-in.js'
import type { SignInError } from './sign-in-error.js'

export interface CreateSignInOptions {
  readonly server: URL
  readonly settings: SignInSettings
  /** Sent with every request to the server. */
  readonly headers: Headers
  /** Takes the requests of the sign-in. It belongs below the session recovery, which they do not concern. */
  readonly fetch: FetchLike
  readonly log: Log
  readonly version: string
  /** Told when a sign-in that requests wait for has failed. */
  readonly onFailure: (error: SignInError) => void
}

/**
 * The sign-in of this process. It loads as little as it can: nothing at all where nobody ever signed in and the server
 * wants no token; the credential store to read what is there; the SDK only to get another token.
 */
export function createSignIn(options: CreateSignInOptions): SignIn {
  const { server, settings, headers, fetch, log, version, onFailure } = options
  const variables = process.env
  const { platform } = process
  const directories = userDirectories({ platform, environment: variables, homeDirectory: homedir() })
  let opening: Promise<CredentialStore> | undefined
  const openStore = (): Promise<CredentialStore> => (opening ??= openCredentialStore(variables, options))
  return new SignIn({
    timeoutMs: settings.signInTimeout ?? defaultSignInTimeoutMs,
    onFailure,
    stored: async () => {
      if (settings.clientCredentials === true || !existsSync(directories.credentials)) return undefined
      return readStored(await openStore(), options)
    },
    renew: async (need, signal) => {
      const [{ authorize }, { openBrowser }, store] = await Promise.all([
        import('./authorizer.js'),
        import('./open-browser.js'),
        openStore(),
      ])
      const environment = { server, settings, store, fetch, headers, log, platform, variables, openBrowser, version }
      return authorize(environment, need, signal)
    },
  })
}

async function openCredentialStore(
  environment: NodeJS.ProcessEnv,
  { settings, log }: CreateSignInOptions,
): Promise<CredentialStore> {
  const { openCredentialStore: open } = await import('../user-state/open-credential-store.js')
  return open({
    environment,
    account: accountName(settings),
    warn(message) {
      log.warn(message)
    },
    onWait() {
      log.info('another mcp-tether is signing in to this server: waiting for it')
    },
  })
}

async function readStored(store: CredentialStore, options: CreateSignInOptions): Promise<AccessToken | undefined> {
  const { server, settings, log } = options
  try {
    const { storedToken } = await import('./token-of.js')
    const stored = await store.read(server)
    return stored && storedToken(stored, { origin: 'stored', useIdToken: settings.useIdToken ?? false })
  } catch (error) {
    // The server may let us in all the same; if not, the sign-in says what is wrong.
    log.warn(error instanceof Error ? error.message : String(error))
    return undefined
  }
}
