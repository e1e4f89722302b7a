import { printable } from '../log/printable.js'
import { UsageError } from './usage-error.js'

const maxSeconds = 3600

/** A duration option in seconds, as milliseconds. */
export function parseSeconds(option: string, given: string, least: 'more than 0' | '0 or more'): number {
  const seconds = /^\d+(\.\d+)?$/.test(given) ? Number(given) : Number.NaN
  const ms = Math.round(seconds * 1000)
  if (!(ms >= (least === '0 or more' ? 0 : 1) && seconds <= maxSeconds)) {
    throw new UsageError(
      `${option} was given "${printable(given, 40)}"; expected seconds, ${least} and at most ${maxSeconds}, like 30`,
    )
  }
  return ms
}
