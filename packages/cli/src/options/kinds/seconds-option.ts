import type { BridgeOption, OptionInput, OptionTexts } from '../option.js'
import { refuse, refuseType } from './refuse.js'

export interface SecondsRange {
  readonly least: 'more than 0' | '0 or more'
  /** In seconds. @default 3600 */
  readonly most?: number
}

/** A duration: seconds as the user writes it, milliseconds as a setting. */
export function secondsOption(texts: OptionTexts & SecondsRange): BridgeOption<number> {
  const { least, most = 3600, ...rest } = texts
  const expected = `seconds, ${least} and at most ${most}, like 30`
  const read = (seconds: number, given: unknown, input: OptionInput): number => {
    const ms = Math.round(seconds * 1000)
    if (ms >= (least === '0 or more' ? 0 : 1) && seconds <= most) return ms
    return refuse(given, expected, input)
  }
  return {
    ...rest,
    placeholder: '<seconds>',
    schema: { type: 'number', ...(least === '0 or more' ? { minimum: 0 } : { minimum: 0.001 }), maximum: most },
    fromText([given = ''], input) {
      return read(/^\d+(\.\d+)?$/.test(given) ? Number(given) : Number.NaN, given, input)
    },
    fromFile(given, input) {
      return typeof given === 'number' ? read(given, given, input) : refuseType(given, `a number of ${expected}`, input)
    },
  }
}
