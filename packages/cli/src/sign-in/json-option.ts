import { isAbsolute, join } from 'node:path'
import { exitCodes } from '../command/exit-codes.js'
import { UsageError } from '../command/usage-error.js'
import { printable } from '../log/printable.js'
import type { BridgeOption, JsonSchema, OptionInput, OptionTexts } from '../options/option.js'
import { refuseType } from '../options/kinds/refuse.js'
import { readTextFile } from '../options/read-text-file.js'
import { expandVariables } from '../options/expand-variables.js'

export interface JsonReading<Value> {
  readonly placeholder: `<${string}>`
  readonly schema: JsonSchema
  /** Checks the object, whose texts are expanded. Throws a UsageError that begins with `input.name`. */
  readonly read: (object: Readonly<Record<string, unknown>>, input: OptionInput) => Value
}

/**
 * A JSON object: as text, as `@file`, or as an object in the configuration file. `${NAME}` in its texts stands for an
 * environment variable, so that a secret need not be in an argument. No message of this contains what was given.
 */
export function jsonOption<Value>(texts: OptionTexts & JsonReading<Value>): BridgeOption<Value> {
  const { read, schema, ...rest } = texts
  const take = (value: unknown, input: OptionInput): Value => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return refuseType(value, 'a JSON object like {"client_id":"…"}, or @file', input)
    }
    return read(expandAll(value, input) as Readonly<Record<string, unknown>>, input)
  }
  const fromText = (given: string, input: OptionInput): Value => {
    const isFile = given.startsWith('@')
    const name = isFile ? `${input.name} ${printable(given, 120)}` : input.name
    return take(parse(isFile ? readOptionFile(given.slice(1), input) : given, name), { ...input, name })
  }
  return {
    ...rest,
    schema: {
      anyOf: [
        { type: 'object', ...schema },
        { type: 'string', pattern: '^@' },
      ],
    },
    fromText: ([given = ''], input) => fromText(given, input),
    fromFile: (given, input) => (typeof given === 'string' ? fromText(given, input) : take(given, input)),
  }
}

/** A file that an option names. A relative path starts from `input.directory`. */
export function readOptionFile(path: string, { name, directory }: OptionInput): string {
  return readTextFile({ path: isAbsolute(path) ? path : join(directory, path), name, exitCode: exitCodes.file })
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new UsageError(`${name} is no valid JSON (${text.length} characters); expected an object, or @file`)
  }
}

function expandAll(value: unknown, input: OptionInput): unknown {
  if (typeof value === 'string') return expandVariables(value, input)
  if (Array.isArray(value)) return value.map((each) => expandAll(each, input))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, expandAll(each, { ...input, name: `${input.name}, ${key}` })]),
  )
}
