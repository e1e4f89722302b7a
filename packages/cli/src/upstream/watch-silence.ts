import type { IncomingMessage } from 'node:http'
import { codedError } from './failure.js'

/**
 * Breaks off an event stream that brings nothing for `timeoutMs`, not even a comment; 0: never. It counts only while the
 * stream is read: who does not read can't know.
 */
export function watchSilence(message: IncomingMessage, timeoutMs: number): void {
  if (timeoutMs === 0 || !/^\s*text\/event-stream\b/i.test(message.headers['content-type'] ?? '')) return
  let timer: NodeJS.Timeout | undefined
  const stop = (): void => {
    clearTimeout(timer)
  }
  const start = (): void => {
    stop()
    timer = setTimeout(() => {
      message.destroy(codedError('UND_ERR_BODY_TIMEOUT', `the stream brought nothing for ${timeoutMs} ms`))
    }, timeoutMs)
    timer.unref()
  }
  message.on('resume', start)
  message.on('data', () => timer?.refresh())
  message.on('pause', stop)
  message.on('close', stop)
}
