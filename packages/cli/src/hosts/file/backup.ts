import { createHash } from 'node:crypto'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type ConfigFile, withByteOrderMark } from './config-file.js'
import { fileProblem } from './file-problem.js'
import { writeAtomically } from '../../user-state/write-atomically.js'

/** Backups of one file that are kept; the oldest go first. */
const maxBackups = 10

/**
 * Copies a file into the user's own directory before it is changed: beside the file it might be committed with a
 * project. The copy has the file's mode, and is for nobody but this user when it holds a secret.
 *
 * @returns The path of the copy, or `undefined` if there is no file yet.
 */
export async function backUp(
  file: ConfigFile,
  { directory, holdsSecret, now }: { directory: string; holdsSecret: boolean; now: Date },
): Promise<string | undefined> {
  if (file.mode === undefined) return undefined
  const prefix = `${basename(file.target)}.${fileId(file.target)}.`
  const path = join(directory, `${prefix}${now.toISOString().replaceAll(':', '-')}`)
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    const mode = holdsSecret ? file.mode & 0o600 : file.mode
    await writeAtomically(path, withByteOrderMark(file, file.text), mode)
    // The names sort by their time.
    const own = (await readdir(directory)).filter((name) => name.startsWith(prefix) && !name.endsWith('.tmp')).sort()
    for (const name of own.slice(0, -maxBackups)) await rm(join(directory, name), { force: true })
  } catch (error) {
    throw fileProblem(path, error, 'written')
  }
  return path
}

/** Tells files of the same name apart. */
export function fileId(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, 16)
}
