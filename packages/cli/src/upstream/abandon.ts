import type { ClientRequest } from 'node:http'

const abandoned = Symbol('abandoned')

/** Ends a request. Node alone would not tell an agent that is still connecting for it. */
export function abandon(request: ClientRequest, error?: Error): void {
  request.destroy(error)
  request.emit(abandoned, error)
}

/** Aborts when the request is abandoned, for the same reason. Call `stop` when that no longer matters. */
export function abandonment(request: ClientRequest): { readonly signal: AbortSignal; readonly stop: () => void } {
  const controller = new AbortController()
  const abort = (error?: Error): void => {
    controller.abort(error)
  }
  if (request.destroyed) abort()
  request.once(abandoned, abort)
  return {
    signal: controller.signal,
    stop() {
      request.off(abandoned, abort)
    },
  }
}
