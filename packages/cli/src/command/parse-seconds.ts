import { printable } from '../log/printable.js'
import { UsageError } from './usage-error.js'

const maxSeconds = 3600

/** A duration option in seconds, as milliseconds. */
export function parseSeconds(option: string, given: string): number {
  const seconds = /^\d+(\.\d+)?$/.test(given) ? Number(given) : Number.NaN
  if (!(seconds > 0 && seconds <= maxSeconds)) {
    throw new UsageError(
      `${option} was given "${printable(given, 40)}"; expected seconds, more than 0 and at most ${maxSeconds}, like 30`,
    )
  }
  return Math.round(seconds * 1000)
}
