import type { Clock } from './clock.js'

/**
 * Settles like `promise`, or rejects with the signal's reason as soon as that aborts. `promise` itself goes on: it may
 * be shared with others.
 */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | null | undefined): Promise<T> {
  if (!signal) return promise
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => {
      reject(abortReason(signal))
    }
    if (signal.aborted) {
      onAbort()
      return
    }
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', onAbort)
    })
  })
}

/** The signal's reason as an error: `fetch` rejects with whatever was given to `abort()`. */
function abortReason(signal: AbortSignal): Error {
  return signal.reason as Error
}

/** A signal that aborts after `ms`, and a `cancel` that takes its timer away. */
export function deadline(clock: Clock, ms: number, what: string): { signal: AbortSignal; cancel: () => void } {
  const controller = new AbortController()
  const cancel = clock.schedule(() => {
    controller.abort(new DOMException(`${what} took longer than ${String(ms)} ms`, 'TimeoutError'))
  }, ms)
  return { signal: controller.signal, cancel }
}
