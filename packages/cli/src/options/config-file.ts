import { basename, dirname, resolve } from 'node:path'
import { exitCodes } from '../command/exit-codes.js'
import { UsageError } from '../command/usage-error.js'
import { printable } from '../log/printable.js'
import { jsonMistake } from './json-mistake.js'
import type { OptionTable } from './option.js'
import { readTextFile } from './read-text-file.js'

/** A configuration file that was read; what is in its values is not checked yet. */
export interface ConfigFile {
  /** As messages name it. */
  readonly name: string
  /** What relative paths in it start from. */
  readonly directory: string
  readonly values: Readonly<Record<string, unknown>>
}

export interface ConfigFileSource {
  /** As it was given. */
  readonly path: string
  /** Where it was given: `--config` or its variable. */
  readonly name: string
  /** What the path starts from. */
  readonly directory: string
}

/** Reads a configuration file: JSON, an object, with keys of the table. Throws a UsageError of its own exit code. */
export async function readConfigFile(source: ConfigFileSource, table: OptionTable): Promise<ConfigFile> {
  const path = resolve(source.directory, source.path)
  const text = readTextFile({ path, name: source.name, exitCode: exitCodes.configuration })
  const name = printable(basename(path), 80)
  const values = await parse(text, name)
  for (const key of Object.keys(values)) {
    if (Object.hasOwn(table, key) || key === '$schema') continue
    throw refusal(`${name} has the unknown key "${printable(key, 40)}"${await suggestion(key, Object.keys(table))}`)
  }
  return { name, directory: dirname(path), values }
}

async function parse(text: string, name: string): Promise<Readonly<Record<string, unknown>>> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The platform's own message would quote the file, secrets and all.
    throw refusal(`${name} is no valid JSON, ${await jsonMistake(text)}`)
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw refusal(`${name} holds no JSON object; expected one like { "url": "https://example.com/mcp" }`)
}

async function suggestion(key: string, known: readonly string[]): Promise<string> {
  const { closest, distance } = await import('fastest-levenshtein')
  // The command line writes recovery-timeout, the environment RECOVERY_TIMEOUT: here both are recoveryTimeout.
  const plain = (name: string): string => name.replace(/[^a-z]/gi, '').toLowerCase()
  const name = closest(
    plain(key),
    known.map((each) => plain(each)),
  )
  const changes = distance(name, plain(key))
  const near = changes <= Math.max(2, name.length / 3) && changes < name.length
  const meant = near ? known.find((each) => plain(each) === name) : undefined
  return meant === undefined ? `; expected some of ${known.join(', ')}` : `; did you mean "${meant}"?`
}

function refusal(message: string): UsageError {
  return new UsageError(message, exitCodes.configuration)
}
