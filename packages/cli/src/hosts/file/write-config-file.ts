import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { HostFileError } from '../host-file-error.js'
import { type ConfigFile, readConfigFile, withByteOrderMark } from './config-file.js'
import { fileProblem } from './file-problem.js'
import { writeAtomically } from '../../user-state/write-atomically.js'

/** Somebody else has written the file since it was read. */
export class ConfigChangedError extends HostFileError {
  constructor(path: string) {
    super(
      `${path} was changed by another program in the meantime, so nothing was written; close the host and try again`,
    )
    this.name = 'ConfigChangedError'
  }
}

/** A new file of a host may come to hold secrets. */
const newFileMode = 0o600

/** Refuses what a rename would override: a file that somebody has made read-only. Throws a HostFileError. */
export function refuseReadOnly({ path, mode }: ConfigFile): void {
  if (mode !== undefined && (mode & 0o200) === 0) {
    throw new HostFileError(
      `${path} is read-only (mode ${mode.toString(8).padStart(4, '0')}); make it writable, then try again`,
    )
  }
}

/** Throws a ConfigChangedError unless the file is as it was read. */
export async function refuseChanged(file: ConfigFile): Promise<void> {
  const now = await readConfigFile(file.path)
  if (now.text !== file.text || now.target !== file.target) throw new ConfigChangedError(file.path)
}

/**
 * Puts a new text in the place of the one that was read: a reader sees the old file or the new one. A symbolic link
 * stays one, and the mode stays as it was.
 *
 * Throws a HostFileError, and a ConfigChangedError when somebody else has written the file since it was read.
 */
export async function writeConfigFile(file: ConfigFile, text: string): Promise<void> {
  refuseReadOnly(file)
  await refuseChanged(file)
  try {
    await mkdir(dirname(file.target), { recursive: true })
    await writeAtomically(file.target, withByteOrderMark(file, text), file.mode ?? newFileMode)
  } catch (error) {
    throw fileProblem(file.path, error, 'written')
  }
}
