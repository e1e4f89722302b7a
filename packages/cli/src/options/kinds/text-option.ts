import type { BridgeOption, JsonSchema, OptionInput, OptionTexts } from '../option.js'
import { refuseType } from './refuse.js'

export interface TextReading<Value> {
  readonly placeholder: `<${string}>`
  /** More about the text than that it is one. */
  readonly schema?: JsonSchema
  /** Checks it. Throws a UsageError that begins with `input.name`. */
  readonly read: (given: string, input: OptionInput) => Value
}

/** A text that is read in its own way. */
export function textOption<Value>(texts: OptionTexts & TextReading<Value>): BridgeOption<Value> {
  const { read, schema, ...rest } = texts
  return {
    ...rest,
    schema: { type: 'string', ...schema },
    fromText: ([given = ''], input) => read(given, input),
    fromFile: (given, input) => (typeof given === 'string' ? read(given, input) : refuseType(given, 'a text', input)),
  }
}
