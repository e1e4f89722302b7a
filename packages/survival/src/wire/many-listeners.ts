import { setMaxListeners } from 'node:events'

/** For a signal that many calls listen to at once by design: Node would warn of a leak at the eleventh. */
export function manyListeners(controller: AbortController): AbortController {
  setMaxListeners(0, controller.signal)
  return controller
}
