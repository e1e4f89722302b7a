/** A signal with a time limit. */
export interface Deadline {
  readonly signal: AbortSignal
  /** Lets go of the timer and of the other signals. */
  readonly cancel: () => void
}

/**
 * A signal that aborts after `ms` milliseconds, with a `TimeoutError`, or when one of the others does, with its reason.
 * `AbortSignal.any([…, AbortSignal.timeout(ms)])` would say the same; but Node 20 collects a timeout that nothing else
 * holds, and then it never comes. Here the timer itself holds what it aborts.
 */
export function deadline(ms: number, ...others: readonly AbortSignal[]): Deadline {
  const controller = new AbortController()
  const listeners = others.map((signal) => {
    const forward = (): void => {
      controller.abort(signal.reason)
    }
    if (signal.aborted) forward()
    else signal.addEventListener('abort', forward, { once: true })
    return { signal, forward }
  })
  const timer = setTimeout(() => {
    controller.abort(new DOMException(`It took longer than ${ms} ms`, 'TimeoutError'))
  }, ms)
  timer.unref()
  return {
    signal: controller.signal,
    cancel() {
      clearTimeout(timer)
      for (const { signal, forward } of listeners) signal.removeEventListener('abort', forward)
    },
  }
}
