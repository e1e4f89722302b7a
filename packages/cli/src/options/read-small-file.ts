import { readFileSync, statSync } from 'node:fs'
import { UsageError } from '../command/usage-error.js'
import { printable } from '../log/printable.js'

export interface SmallFile {
  readonly path: string
  /** What it is, at the beginning of a message: `--config`, say. */
  readonly name: string
  /** What the process ends with when it can't be read. */
  readonly exitCode: number
}

/** Larger than any file that a person writes. */
const maxBytes = 1024 * 1024

const problems: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist: a part of its path is no directory',
  EACCES: "can't be read: permission denied",
  EPERM: "can't be read: not permitted",
  ELOOP: "can't be read: its symbolic links go in circles",
  ENAMETOOLONG: "can't be read: its name is too long",
  EISDIR: 'is a directory; expected a file',
}

/**
 * A small file that an option names, with its permission bits. Throws a UsageError that says what is wrong with the file,
 * and repeats nothing of what is in it.
 */
export function readSmallFile({ path, name, exitCode }: SmallFile): { readonly bytes: Buffer; readonly mode: number } {
  const refuse = (problem: string): never => {
    throw new UsageError(`${name}: "${printable(path)}" ${problem}`, exitCode)
  }
  try {
    const found = statSync(path)
    if (found.isDirectory()) return refuse('is a directory; expected a file')
    // A pipe that nobody writes to would hold us up for ever, a device might never end.
    if (!found.isFile()) return refuse('is no ordinary file')
    if (found.size > maxBytes) return refuse(`has ${found.size} bytes; expected no more than ${maxBytes}`)
    return { bytes: readFileSync(path), mode: found.mode & 0o777 }
  } catch (error) {
    if (error instanceof UsageError) throw error
    const { code = 'unknown error' } = error as NodeJS.ErrnoException
    return refuse(problems[code] ?? `can't be read: ${code}`)
  }
}
