import type { BridgeOption, JsonSchema, OptionInput, OptionTexts } from '../option.js'
import { refuseType } from './refuse.js'

export interface ListReading<Value> {
  readonly placeholder: `<${string}>`
  /** More about each text than that it is one. */
  readonly items?: JsonSchema
  /** Checks all of them. Throws a UsageError that begins with `input.name`. */
  readonly read: (given: readonly string[], input: OptionInput) => Value
}

/** Texts: a flag that may be repeated, a variable with a line for each, a list in the file. */
export function listOption<Value>(texts: OptionTexts & ListReading<Value>): BridgeOption<Value> {
  const { read, items, ...rest } = texts
  return {
    ...rest,
    repeatable: true,
    schema: { type: 'array', items: { type: 'string', ...items } },
    fromText: read,
    fromFile(given, input) {
      if (!Array.isArray(given)) return refuseType(given, 'a list of texts', input)
      const other: unknown = given.find((each) => typeof each !== 'string')
      if (other !== undefined) return refuseType(other, 'texts only in the list', input)
      return read(given as string[], input)
    },
  }
}
