import { abortable } from '../base/abort.js'
import { pause, type Clock } from '../base/clock.js'
import type { Listeners } from '../base/listeners.js'

/**
 * Waits for a time, `Infinity` for ever, or until one of `changes` tells. Rejects when a signal aborts. Somebody reads what
 * comes after it, so that a Node process does not end meanwhile.
 */
export async function waitOrChange(
  clock: Clock,
  ms: number,
  changes: readonly Listeners[],
  signals: readonly (AbortSignal | undefined)[],
): Promise<void> {
  const stopListening: (() => void)[] = []
  const change = new Promise<void>((resolve) => {
    for (const changed of changes) stopListening.push(changed.add(resolve))
  })
  const timer = Number.isFinite(ms) ? pause(clock, ms) : undefined
  try {
    const over: Promise<unknown> = Promise.race(timer ? [timer.over, change] : [change])
    await signals.reduce<Promise<unknown>>(abortable, over)
  } finally {
    timer?.cancel()
    for (const stop of stopListening) stop()
  }
}
