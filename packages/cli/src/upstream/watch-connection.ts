import type { ClientRequest } from 'node:http'
import { codedError } from './failure.js'

/** What is known about the connection of a request under way. */
export interface ConnectionWatch {
  /** True from the moment the first byte of the request may have left. */
  readonly established: boolean
  stop(): void
}

/**
 * Follows a request's socket until it is connected (with TLS: until the handshake is done), and ends the request when
 * that takes longer than `timeoutMs`. After that there is no timeout: a tool may take an hour.
 */
export function watchConnection(request: ClientRequest, secure: boolean, timeoutMs: number): ConnectionWatch {
  let established = false
  let timer: NodeJS.Timeout | undefined
  const stop = () => {
    clearTimeout(timer)
  }
  request.once('socket', (socket) => {
    if (request.reusedSocket || !socket.connecting) {
      established = true
      return
    }
    timer = setTimeout(() => {
      request.destroy(codedError('UND_ERR_CONNECT_TIMEOUT', `no connection after ${timeoutMs} ms`))
    }, timeoutMs)
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      established = true
      stop()
    })
  })
  return {
    get established() {
      return established
    },
    stop,
  }
}
