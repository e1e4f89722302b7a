import { UsageError } from '../../command/usage-error.js'
import type { OptionInput } from '../../options/option.js'
import { parseHeaderLine } from '../../options/parse-header.js'
import { type NamedFile, readNamedFile } from '../named-file.js'

/** The headers of a `--header-file`. */
export interface HeaderFile {
  readonly headers: Headers
  /** What the user should mend, if anything. */
  readonly warning?: string
}

/**
 * Reads a file with a `Name: value` on each line; empty lines and those that begin with `#` are passed over. `${NAME}`
 * in a value is read from the environment. Throws a UsageError that names file and line, and contains no value.
 */
export function readHeaderFile(given: string, input: OptionInput, platform = process.platform): HeaderFile {
  const file = readNamedFile(given, input)
  const headers = new Headers()
  for (const [index, line] of textOf(file).split(/\r?\n/).entries()) {
    const text = line.trim()
    if (text === '' || text.startsWith('#')) continue
    headers.append(...parseHeaderLine(text, { ...input, name: `${file.name} line ${index + 1}` }))
  }
  const warning = platform === 'win32' ? undefined : warningFor(file)
  return warning === undefined ? { headers } : { headers, warning }
}

function textOf({ name, contents }: NamedFile): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(contents)
  } catch {
    throw new UsageError(`${name} holds bytes that are no UTF-8 text; save it as UTF-8`)
  }
}

function warningFor({ name, mode }: NamedFile): string | undefined {
  if ((mode & 0o077) === 0) return undefined
  const who = (mode & 0o007) === 0 ? 'the group' : 'every user of this machine'
  const what = (mode & 0o022) === 0 ? 'read' : 'read or changed'
  return `${name} can be ${what} by ${who}; keep it to yourself: chmod 600`
}

/** Those of the file, and in their place those of the command line where both have one. */
export function withHeaderFile(headers: Headers | undefined, file: HeaderFile | undefined): Headers {
  const result = new Headers(file?.headers)
  const names = new Set(headers?.keys())
  for (const name of names) result.set(name, headers?.get(name) ?? '')
  return result
}
