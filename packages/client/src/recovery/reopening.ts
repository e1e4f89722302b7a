import { backOffMs } from './back-off.js'

/** Longer than any server has reason to keep a client away for. */
const maxRetryMs = 30_000
/** A stream that is nobody's answer can wait; and there may be many of them. */
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
 * How long to wait before the standalone stream is opened again: what the server asked for, or one second as the SDKs
 * do, and longer with every try in vain, up to half a minute and each at another moment.
 */
export function reopenDelayMs({ barrenTries, retryMs, random }: Reopening): number {
  const first = Math.min(retryMs ?? baseStandaloneMs, maxRetryMs)
  if (barrenTries === 0) return first
  const window = Math.min(maxStandaloneMs, baseStandaloneMs * 2 ** Math.min(barrenTries, 16))
  return Math.max(first, Math.round(window * (0.5 + random / 2)))
}
