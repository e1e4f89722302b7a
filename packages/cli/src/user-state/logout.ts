import { displayUrl } from '../log/display-url.js'
import { printable } from '../log/printable.js'
import type { CredentialFiles } from './credential-store.js'
import type { RevokeTokens } from './revoke-tokens.js'
import type { StoredSignIn } from './stored-sign-in.js'
import { UserStateError } from './user-state-error.js'

export interface LogoutOptions {
  readonly store: CredentialFiles
  readonly revoke: RevokeTokens
  /** Takes the lines of the result. */
  readonly say: (line: string) => void
  readonly warn: (line: string) => void
  /** Longest time for all revocations together, in milliseconds. @default 5000 */
  readonly revocationMs?: number
}

/** Removes what is stored for a server, after its tokens were revoked where that is possible. Throws a UserStateError. */
export async function logout(server: URL, options: LogoutOptions): Promise<void> {
  const { store, say, warn } = options
  const signIns = await store.readAll(server).catch((error: unknown): readonly StoredSignIn[] => {
    if (!(error instanceof UserStateError)) throw error
    // What can't be read can still be removed; where that fails too, its error says more.
    warn(error.message)
    return []
  })
  await revokeAll(signIns, options)
  const removed = await store.remove(server)
  say(removed ? `signed out of ${displayUrl(server)}` : `there was no sign-in to ${displayUrl(server)}`)
}

/** The same for all servers. */
export async function logoutAll(options: LogoutOptions): Promise<void> {
  await revokeAll(await options.store.list(), options)
  const count = await options.store.removeAll()
  options.say(count === 0 ? 'there was no sign-in' : `signed out of ${count === 1 ? '1 server' : `${count} servers`}`)
}

/** The sign-ins are removed whatever comes of this. */
async function revokeAll(
  signIns: readonly StoredSignIn[],
  { revoke, say, warn, revocationMs = 5_000 }: LogoutOptions,
): Promise<void> {
  const signal = AbortSignal.timeout(revocationMs)
  const results = await Promise.all(signIns.map(async (signIn) => ({ signIn, result: await revoke(signIn, signal) })))
  for (const { signIn, result } of results) {
    const issuer = printable(signIn.issuer ?? 'the authorization server', 120)
    if (result === 'revoked') say(`tokens revoked at ${issuer}`)
    else if (result !== 'not-offered') {
      warn(`the tokens could not be revoked at ${issuer} (${result.failed}); they are valid until they expire`)
    }
  }
}
