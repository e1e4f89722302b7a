import type { Clock } from './clock.js'

/**
 * Settles like `promise`, or rejects with the signal's reason as soon as that aborts. `promise` itself goes on: it may
 * be shared with others.
 */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | null | undefined): Promise<T> {
  if (!signal) return promise
  return new Promise<T>((resolve, reject) => {
    const forget = onAbort(signal, () => {
      reject(abortReason(signal))
    })
    promise.then(resolve, reject).finally(forget)
  })
}

/** Who waits for which signal. */
const waiting = new WeakMap<AbortSignal, Set<() => void>>()

/**
 * Calls `callback` when the signal aborts, at once if it has. One listener serves all who wait for the same signal: a
 * transport has one for all its requests, and Node warns of more than ten listeners.
 */
function onAbort(signal: AbortSignal, callback: () => void): () => void {
  if (signal.aborted) {
    callback()
    return () => undefined
  }
  const callbacks = waiting.get(signal) ?? listenTo(signal)
  callbacks.add(callback)
  return () => callbacks.delete(callback)
}

function listenTo(signal: AbortSignal): Set<() => void> {
  const callbacks = new Set<() => void>()
  waiting.set(signal, callbacks)
  signal.addEventListener(
    'abort',
    () => {
      for (const callback of callbacks) callback()
      callbacks.clear()
    },
    { once: true },
  )
  return callbacks
}

/** The signal's reason as an error: `fetch` rejects with whatever was given to `abort()`. */
function abortReason(signal: AbortSignal): Error {
  return signal.reason as Error
}

/** A signal that aborts after `ms`, or at once with `abort`. `cancel` takes its timer away. */
export function deadline(
  clock: Clock,
  ms: number,
  what: string,
): { readonly signal: AbortSignal; readonly abort: () => void; readonly cancel: () => void } {
  const controller = new AbortController()
  const cancel = clock.schedule(() => {
    controller.abort(new DOMException(`${what} took longer than ${String(ms)} ms`, 'TimeoutError'))
  }, ms)
  const abort = () => {
    cancel()
    controller.abort()
  }
  return { signal: controller.signal, abort, cancel }
}
