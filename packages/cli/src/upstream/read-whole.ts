import { bodyTerminated, codedError, connectionClosed } from './failure.js'
import type { BodySource } from './socket-response.js'

/** Half of the longest string that Node can hold. */
const defaultMaxBytes = 256 * 1024 * 1024

/**
 * A body as text, as `Response.text()` reads it: UTF-8 without its byte order mark. Rejects when it breaks off, with the
 * platform's error for that or grows beyond `maxBytes`, and with the signal's reason when that aborts.
 */
export async function readWhole(from: BodySource, maxBytes = defaultMaxBytes): Promise<string> {
  const text = await readUpTo(from, maxBytes)
  if (text !== undefined) return text
  const { source, message, reusedSocket } = from
  source.destroy()
  message.destroy()
  throw bodyTerminated(codedError('ERR_TOO_LARGE', `the answer is larger than ${maxBytes} bytes`), reusedSocket)
}

/**
 * As {@link readWhole}; `undefined` for a body of more than `maxBytes`, which can then be read as if nobody had begun:
 * what had come is put back, and the source pauses.
 */
export function readUpTo(
  { source, message, reusedSocket, signal }: BodySource,
  maxBytes: number,
): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const settle = (): void => {
      signal?.removeEventListener('abort', onAbort)
      source.off('data', onData)
      source.off('end', onEnd)
      source.off('close', onClose)
    }
    const onData = (chunk: Buffer): void => {
      chunks.push(chunk)
      size += chunk.length
      if (size <= maxBytes) return
      settle()
      source.pause()
      source.unshift(Buffer.concat(chunks))
      resolve(undefined)
    }
    const onEnd = (): void => {
      settle()
      resolve(textOf(chunks))
    }
    const onClose = (): void => {
      if (!source.readableEnded) breakOff()
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
    source.on('data', onData)
    source.on('end', onEnd)
    source.on('close', onClose)
  })
}

const byteOrderMark = '\ufeff'

function textOf(chunks: readonly Buffer[]): string {
  const [first] = chunks
  const text = (chunks.length === 1 && first ? first : Buffer.concat(chunks)).toString('utf8')
  return text.startsWith(byteOrderMark) ? text.slice(1) : text
}
