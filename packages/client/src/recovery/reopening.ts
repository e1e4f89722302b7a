import { backOffMs } from './back-off.js'

/** Longer than any server has reason to keep a client away for. */
const maxRetryMs = 30_000
/** A stream that is nobody's answer can wait, and there may be many of them. As long as the SDKs wait. */
const baseStandaloneMs = 1_000
const maxStandaloneMs = 30_000

/** How the opening of an event stream stands, as plain data to decide by. Times in milliseconds. */
export interface Reopening {
  /** How many tries in a row brought nothing, from 0. */
  readonly barrenTries: number
  /** The server's `retry`, or `Retry-After`, if it gave one. */
  readonly retryMs: number | undefined
  /** A number from 0 to 1. */
  readonly random: number
}

/**
 * How long to wait before a call's stream is resumed. What the server asked for is kept, up to half a minute; from the
 * second try in vain on at least the usual back-off.
 */
export function resumeDelayMs({ barrenTries, retryMs, random }: Reopening): number {
  const asked = retryMs === undefined ? undefined : Math.min(retryMs, maxRetryMs)
  if (barrenTries === 0) return asked ?? backOffMs(1, random)
  return Math.max(asked ?? 0, backOffMs(barrenTries + 1, random))
}

/**
 * How long to wait before the standalone stream is opened again: what the server asked for, or up to a second; longer
 * with every try in vain, up to half a minute. Each at another moment, since many lose their streams in the same one.
 */
export function reopenDelayMs({ barrenTries, retryMs, random }: Reopening): number {
  const window = Math.min(maxStandaloneMs, baseStandaloneMs * 2 ** Math.min(Math.max(barrenTries - 1, 0), 16))
  const ownMs = Math.round(window * (0.5 + random / 2))
  if (retryMs === undefined) return ownMs
  const askedMs = Math.min(retryMs, maxRetryMs)
  return barrenTries === 0 ? askedMs : Math.max(askedMs, ownMs)
}
