import type { ClientRequest, OutgoingHttpHeader } from 'node:http'
import { codedError } from './failure.js'

const unwatched = { stop: () => undefined }

/**
 * Ends a request whose answer has not begun `timeoutMs` after it was sent; 0: never. A server may hold back the head of
 * an event stream until it has an event, so that a request for nothing else is not watched.
 */
export function watchForAnswer(
  request: ClientRequest,
  accept: OutgoingHttpHeader | undefined,
  timeoutMs: number,
): { readonly stop: () => void } {
  if (timeoutMs === 0 || accept === 'text/event-stream') return unwatched
  let timer: NodeJS.Timeout | undefined
  request.once('finish', () => {
    timer = setTimeout(() => {
      request.destroy(codedError('UND_ERR_HEADERS_TIMEOUT', `the answer had not begun after ${timeoutMs} ms`))
    }, timeoutMs)
  })
  return {
    stop() {
      clearTimeout(timer)
    },
  }
}
