import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { bodyTerminated, connectionClosed } from './failure.js'

/** A cancelled body that is known to be this small is read to its end, which keeps the connection. */
const maxDrainedBytes = 64 * 1024
const maxDrainMs = 500

/**
 * An answer's body as a web stream. It is read only as fast as its reader takes it: a slow reader fills the socket's
 * buffers and thereby slows the server. `source` is `message`, or what decodes it.
 */
export function bodyStream(
  source: Readable,
  message: IncomingMessage,
  reusedSocket: boolean,
  signal: AbortSignal | undefined,
): ReadableStream<Uint8Array> {
  let settled = false
  let onAbort: (() => void) | undefined
  const settle = (action: () => void): void => {
    if (settled) return
    settled = true
    if (onAbort) signal?.removeEventListener('abort', onAbort)
    action()
  }
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const terminate = (error: Error): void => {
        settle(() => {
          controller.error(bodyTerminated(error, reusedSocket))
        })
      }
      onAbort = () => {
        settle(() => {
          controller.error(signal?.reason)
          destroy(source, message)
        })
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      source.on('data', (chunk: Buffer) => {
        if (settled) return
        controller.enqueue(chunk)
        if ((controller.desiredSize ?? 0) <= 0) source.pause()
      })
      source.on('end', () => {
        settle(() => {
          controller.close()
        })
      })
      source.on('error', terminate)
      source.on('close', () => {
        terminate(connectionClosed())
      })
      source.pause()
      if (signal?.aborted) onAbort()
      // It has broken off before anybody asked for it.
      else if (source.destroyed) terminate(source.errored ?? connectionClosed())
    },
    pull() {
      source.resume()
    },
    cancel() {
      settle(() => {
        letGo(source, message)
      })
    },
  })
}

function letGo(source: Readable, message: IncomingMessage): void {
  const length = Number(message.headers['content-length'] ?? Number.POSITIVE_INFINITY)
  if (!(length <= maxDrainedBytes)) {
    destroy(source, message)
    return
  }
  const timer = setTimeout(() => {
    destroy(source, message)
  }, maxDrainMs)
  timer.unref()
  source.once('close', () => {
    clearTimeout(timer)
  })
  source.resume()
}

function destroy(source: Readable, message: IncomingMessage): void {
  // A destroyed stream may still report what it was destroyed for; nobody is waiting for that any more.
  source.on('error', () => undefined)
  message.on('error', () => undefined)
  source.destroy()
  message.destroy()
}
