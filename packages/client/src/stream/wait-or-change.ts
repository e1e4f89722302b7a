import { abortable } from '../base/abort.js'
import { pause, type Clock } from '../base/clock.js'
import type { Listeners } from '../base/listeners.js'

/**
 * Waits for a time, `Infinity` for ever, or until something changes. Rejects when a signal aborts. Somebody reads what
 * comes after it, so that a Node process does not end meanwhile.
 */
export async function waitOrChange(
  clock: Clock,
  ms: number,
  changed: Listeners,
  signals: readonly (AbortSignal | undefined)[],
): Promise<void> {
  let stopListening: () => void = () => undefined
  const change = new Promise<void>((resolve) => (stopListening = changed.add(resolve)))
  const timer = Number.isFinite(ms) ? pause(clock, ms) : undefined
  try {
    const over: Promise<unknown> = Promise.race(timer ? [timer.over, change] : [change])
    await signals.reduce<Promise<unknown>>(abortable, over)
  } finally {
    timer?.cancel()
    stopListening()
  }
}
