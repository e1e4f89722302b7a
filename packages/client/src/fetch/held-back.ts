import { abortable } from '../base/abort.js'
import type { CallUnderWay } from '../session/calls-under-way.js'
import type { Call } from './call.js'

/** Waits as long as the caller does. Resolves with `undefined` when the client takes its request back meanwhile. */
export function heldBack<T extends object | true>(
  promise: Promise<T>,
  { signal }: Call,
  underWay: CallUnderWay,
): Promise<T | undefined> {
  const cancelled = new Promise<undefined>((resolve) => {
    underWay.onCancelled = () => {
      resolve(undefined)
    }
  })
  underWay.waiting = true
  return abortable(Promise.race([promise, cancelled]), signal).finally(() => {
    underWay.waiting = false
    delete underWay.onCancelled
  })
}
