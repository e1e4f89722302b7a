import type { BridgeOption, OptionTexts } from '../option.js'
import { refuse, refuseType } from './refuse.js'

/** On or off. On the command line `--name` and `--no-name`, in the environment 1 or true and 0 or false. */
export function switchOption(texts: OptionTexts): BridgeOption<boolean> {
  return {
    ...texts,
    schema: { type: 'boolean' },
    fromText([given = ''], input) {
      if (given === 'true' || given === '1') return true
      if (given === 'false' || given === '0') return false
      return refuse(given, '1, true, 0 or false', input)
    },
    fromFile: (given, input) => (typeof given === 'boolean' ? given : refuseType(given, 'true or false', input)),
  }
}
