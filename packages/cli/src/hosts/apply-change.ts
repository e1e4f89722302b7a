import type { HostsContext } from './context.js'
import { describeChange } from './diff.js'
import { backUp } from './file/backup.js'
import { withFileLock } from './file/file-lock.js'
import { ConfigChangedError, refuseChanged, refuseReadOnly, writeConfigFile } from './file/write-config-file.js'
import { openText, type OpenedConfig } from './opened-config.js'
import { holdsSecret, secretsOf } from './secrets.js'

const maxTries = 10

export interface Change {
  /** The new text of the whole file. */
  readonly text: string
  /** What is said when it is written, e.g. `added github to Cursor`. */
  readonly done: string
  /** Runs before the file is written, and after. No other mcp-tether changes the file or its record meanwhile. */
  readonly before?: () => Promise<void>
  readonly after?: () => Promise<void>
}

/** The change as a diff without secrets. */
export async function showChange({ host, place, file, document }: OpenedConfig, text: string): Promise<string> {
  const after = await openText(host, place, text)
  const secrets = secretsOf([...document.entries, ...after.entries])
  return describeChange(file.path, { before: file.text, after: text, secrets })
}

/** Backs the file up, writes it, and says what has been done. */
export async function applyChange(config: OpenedConfig, change: Change, context: HostsContext): Promise<void> {
  const { host, place, file, document } = config
  refuseReadOnly(file)
  const backup = await withFileLock(file, context.recordDirectory, async () => {
    await refuseChanged(file)
    const copy = await backUp(file, {
      directory: context.backupDirectory,
      holdsSecret: holdsSecret(file.text, document.entries),
      now: context.now(),
    })
    await change.before?.()
    await writeConfigFile(file, change.text)
    await change.after?.()
    return copy
  })
  context.tell(`${change.done}: ${file.path}`)
  if (backup !== undefined) context.tell(`the file as it was: ${backup}`)
  warnOfReaders(config, secretsOf((await openText(host, place, change.text)).entries).length > 0, context)
  context.tell(`${host.title} does not see it yet: ${host.reload}`)
}

/** Does again what reads and changes a file, if another program changed it in between: some write theirs all the time. */
export async function untilUndisturbed(action: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await action()
      return
    } catch (error) {
      if (!(error instanceof ConfigChangedError) || tries === maxTries) throw error
    }
  }
}

/** A secret is only as safe as the file that it is in; its mode is the user's affair. */
function warnOfReaders({ place, file }: OpenedConfig, hasSecret: boolean, context: HostsContext): void {
  if (!hasSecret) return
  if (place.scope === 'project') {
    context.tell(`${file.path} belongs to the project and may hold a secret now: look before you commit it`)
  }
  const { mode } = file
  if (context.machine.platform !== 'win32' && mode !== undefined && (mode & 0o044) !== 0) {
    context.tell(`${file.path} may hold a secret, and other users can read it: chmod 600 changes that`)
  }
}
