import type { BridgeOption, OptionTexts } from '../options/option.js'
import { refuse, refuseType } from '../options/kinds/refuse.js'

/** A TCP port of this machine. */
export function portOption(texts: OptionTexts & { readonly placeholder: `<${string}>` }): BridgeOption<number> {
  const expected = 'a port from 1 to 65535'
  return {
    ...texts,
    schema: { type: 'integer', minimum: 1, maximum: 65_535 },
    fromText([given = ''], input) {
      return /^\d{1,5}$/.test(given) && isPort(Number(given)) ? Number(given) : refuse(given, expected, input)
    },
    fromFile(given, input) {
      if (typeof given !== 'number') return refuseType(given, expected, input)
      return isPort(given) ? given : refuse(given, expected, input)
    },
  }
}

function isPort(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= 65_535
}
