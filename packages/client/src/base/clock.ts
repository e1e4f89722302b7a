/** Source of time. Passed in, so that a simulation can run it. */
export interface Clock {
  /** Milliseconds since an arbitrary start; never goes backwards. */
  now(): number
  /**
   * Calls `callback` once after `delayMs`, unless the returned function is called before.
   * @param awaited whether somebody waits for just this: then a Node process must not end before
   */
  schedule(callback: () => void, delayMs: number, awaited?: boolean): () => void
}

/** The platform's own clock. Its timers keep a Node process alive only while somebody waits for them. */
export const systemClock: Clock = {
  now: () => performance.now(),
  schedule(callback, delayMs, awaited = false) {
    const timer: unknown = setTimeout(callback, delayMs)
    // Browsers return a number here, Node an object with unref().
    if (!awaited) (timer as { unref?: () => void }).unref?.()
    return () => {
      clearTimeout(timer as number)
    }
  },
}

/**
 * Resolves with true after `ms`; `cancel` takes the timer away, and it never does.
 * @param awaited whether a caller waits for it: then a Node process must not end before
 */
export function pause(clock: Clock, ms: number, awaited = true): { over: Promise<true>; cancel: () => void } {
  let cancel: () => void = () => undefined
  const over = new Promise<true>((resolve) => {
    cancel = clock.schedule(
      () => {
        resolve(true)
      },
      ms,
      awaited,
    )
  })
  return { over, cancel }
}
