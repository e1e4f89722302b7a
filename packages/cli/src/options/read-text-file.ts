import { UsageError } from '../command/usage-error.js'
import { printable } from '../log/printable.js'
import { readSmallFile, type SmallFile } from './read-small-file.js'

/**
 * The text of a small file that an option names, without a byte order mark. Throws a UsageError that says what is wrong
 * with the file, and repeats nothing of what is in it.
 */
export function readTextFile(file: SmallFile): string {
  const { bytes } = readSmallFile(file)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    const { path, name, exitCode } = file
    throw new UsageError(`${name}: "${printable(path)}" holds bytes that are no UTF-8 text; save it as UTF-8`, exitCode)
  }
}
