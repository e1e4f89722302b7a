import type { BridgeOption, OptionInput, OptionTexts } from '../option.js'
import { refuse } from './refuse.js'

/** One of a few words. */
export function choiceOption<const Choice extends string>(
  texts: OptionTexts & { readonly placeholder: `<${string}>`; readonly choices: readonly Choice[] },
): BridgeOption<Choice> {
  const { choices, ...rest } = texts
  const read = (given: unknown, input: OptionInput): Choice =>
    choices.find((each) => each === given) ?? refuse(given, `one of ${choices.join(', ')}`, input)
  return {
    ...rest,
    schema: { enum: choices },
    fromText: ([given = ''], input) => read(given, input),
    fromFile: read,
  }
}
