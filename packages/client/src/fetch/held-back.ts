import { abortable } from '../base/abort.js'
import type { CallUnderWay } from '../session/calls-under-way.js'

/**
 * Waits as long as the caller does. Resolves with `undefined` when the client takes its request back meanwhile.
 * @param sent whether the server knows of the request, so that it has to be told of that
 */
export function heldBack<T extends object | true>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
  underWay: CallUnderWay,
  sent = false,
): Promise<T | undefined> {
  const cancelled = new Promise<undefined>((resolve) => {
    underWay.onCancelled = () => {
      resolve(undefined)
    }
  })
  underWay.waiting = !sent
  return abortable(Promise.race([promise, cancelled]), signal).finally(() => {
    underWay.waiting = false
    delete underWay.onCancelled
  })
}
