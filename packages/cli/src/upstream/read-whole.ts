import { bodyTerminated, codedError, connectionClosed } from './failure.js'
import type { BodySource } from './socket-response.js'

/** Half of the longest string that Node can hold. */
const defaultMaxBytes = 256 * 1024 * 1024

/**
 * A body as text, as `Response.text()` reads it: UTF-8 without its byte order mark. Rejects when it breaks off, with the
 * platform's error for that or grows beyond `maxBytes`, and with the signal's reason when that aborts.
 */
export function readWhole(
  { source, message, reusedSocket, signal }: BodySource,
  maxBytes = defaultMaxBytes,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const settle = (): void => {
      signal?.removeEventListener('abort', onAbort)
    }
    const onAbort = (): void => {
      settle()
      reject(signal?.reason as Error)
      source.destroy()
      message.destroy()
    }
    const breakOff = (): void => {
      settle()
      reject(bodyTerminated(source.errored ?? message.errored ?? connectionClosed(), reusedSocket))
    }
    if (signal?.aborted) {
      onAbort()
      return
    }
    if (source.destroyed) {
      breakOff()
      return
    }
    signal?.addEventListener('abort', onAbort, { once: true })
    let size = 0
    source.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      size += chunk.length
      if (size <= maxBytes) return
      settle()
      chunks.length = 0
      reject(bodyTerminated(codedError('ERR_TOO_LARGE', `the answer is larger than ${maxBytes} bytes`), reusedSocket))
      source.destroy()
      message.destroy()
    })
    source.on('end', () => {
      settle()
      resolve(textOf(chunks))
    })
    source.on('close', () => {
      if (!source.readableEnded) breakOff()
    })
  })
}

const byteOrderMark = '\ufeff'

function textOf(chunks: readonly Buffer[]): string {
  const [first] = chunks
  const text = (chunks.length === 1 && first ? first : Buffer.concat(chunks)).toString('utf8')
  return text.startsWith(byteOrderMark) ? text.slice(1) : text
}
