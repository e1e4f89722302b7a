import { homedir } from 'node:os'
import { CredentialFiles, type CredentialFilesOptions } from './credential-store.js'
import { userDirectories, type UserDirectories } from './directories.js'
import type { PrivateFileOptions } from './private-files.js'
import type { LockHolder } from './process-lock.js'

export interface UserStateSources {
  readonly environment: NodeJS.ProcessEnv
  /** Takes one line about a file or directory that was put right, or passed over. */
  readonly warn: (message: string) => void
}

/** This user's directories on this machine. Throws a UsageError for a wrong `MCP_TETHER_HOME`. */
export function ownDirectories(environment: NodeJS.ProcessEnv): UserDirectories {
  return userDirectories({ platform: process.platform, environment, homeDirectory: homedir() })
}

export function privateFileOptions(warn: (message: string) => void): PrivateFileOptions {
  return { platform: process.platform, userId: process.getuid?.(), warn }
}

/** This user's sign-ins. Touches no file yet. Throws a UsageError for a wrong `MCP_TETHER_HOME`. */
export function openCredentialStore({
  environment,
  warn,
  onWait,
  account,
}: UserStateSources & {
  readonly account?: CredentialFilesOptions['account'] | undefined
  /** Called once for an update that has to wait for another process. */
  readonly onWait?: (holder: LockHolder) => void
}): CredentialFiles {
  const directory = ownDirectories(environment).credentials
  return new CredentialFiles({
    directory,
    ...privateFileOptions(warn),
    ...(onWait ? { onWait } : {}),
    ...(account === undefined ? {} : { account }),
  })
}
