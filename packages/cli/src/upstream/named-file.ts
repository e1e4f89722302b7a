import { resolve } from 'node:path'
import { exitCodes } from '../command/exit-codes.js'
import { UsageError } from '../command/usage-error.js'
import { printable } from '../log/printable.js'
import type { OptionInput } from '../options/option.js'
import { readSmallFile } from '../options/read-small-file.js'

/** A file that an option names. */
export interface NamedFile {
  /** As a message begins: `--ca: "ca.pem"`. */
  readonly name: string
  readonly contents: Buffer
  /** Its permission bits. */
  readonly mode: number
}

/** Throws a UsageError that names the option and the file. */
export function readNamedFile(given: string, input: OptionInput): NamedFile {
  if (given.trim() === '') throw new UsageError(`${input.name} was given no file; expected a path`)
  const path = resolve(input.directory, given)
  const { bytes, mode } = readSmallFile({ path, name: input.name, exitCode: exitCodes.file })
  return { name: `${input.name}: "${printable(path)}"`, contents: bytes, mode }
}
