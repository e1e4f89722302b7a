import type { ClientRequest } from 'node:http'
import { abandon } from './abandon.js'
import { codedError } from './failure.js'

/** What is known about the connection of a request under way. */
export interface ConnectionWatch {
  /** True from the moment the first byte of the request may have left. */
  readonly established: boolean
  stop(): void
}

export interface WatchOptions {
  /** The connection is one with TLS. */
  readonly secure: boolean
  /** The request gets its socket when the connection stands: the time until then counts too. */
  readonly tunnelled: boolean
  readonly timeoutMs: number
}

/** A connection that was kept stands. */
const standing: ConnectionWatch = { established: true, stop: () => undefined }

/**
 * Follows a request's socket until it is connected (with TLS: until the handshake is done), and ends the request when
 * that takes longer than `timeoutMs`.
 */
export function watchConnection(
  request: ClientRequest,
  { secure, tunnelled, timeoutMs }: WatchOptions,
): ConnectionWatch {
  if (request.reusedSocket) return standing
  let established = false
  let timer: NodeJS.Timeout | undefined
  const start = (): void => {
    timer = setTimeout(() => {
      abandon(request, codedError('UND_ERR_CONNECT_TIMEOUT', `no connection after ${timeoutMs} ms`))
    }, timeoutMs)
  }
  const stop = (): void => {
    clearTimeout(timer)
  }
  const stands = (): void => {
    established = true
    stop()
  }
  if (tunnelled) start()
  request.once('socket', (socket) => {
    if (!socket.connecting) {
      stands()
      return
    }
    start()
    socket.once(secure ? 'secureConnect' : 'connect', stands)
  })
  return {
    get established() {
      return established
    },
    stop,
  }
}
