import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { maxMessageSize } from './limits.js'

export interface EventStreamHooks {
  /** The server's wish for the time until a reconnection, in milliseconds. */
  readonly onRetry?: (ms: number) => void
  /** Something came, if only a comment that keeps the connection alive. */
  readonly onActivity?: () => void
  /** A comment came, by which servers keep a connection alive. */
  readonly onComment?: () => void
}

/**
 * The events of a stream that carry a message, as fast as they are taken and no faster: the next chunk is read when the
 * last one's events have been consumed. Leaving the loop cancels the stream.
 */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  { onRetry, onActivity, onComment }: EventStreamHooks = {},
): AsyncGenerator<EventSourceMessage, void, undefined> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  const events: EventSourceMessage[] = []
  let overflow: Error | undefined
  const parser = createParser({
    onEvent(event) {
      events.push(event)
    },
    onRetry,
    onComment,
    onError(error) {
      if (error.type === 'max-buffer-size-exceeded') overflow = error
    },
    maxBufferSize: maxMessageSize,
  })
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      onActivity?.()
      parser.feed(decoder.decode(value, { stream: true }))
      if (overflow) throw overflow
      yield* events.splice(0)
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

/** True for an event that carries a message: the default type, with data (an empty one only brings an id). */
export function carriesMessage(event: EventSourceMessage): boolean {
  return (event.event === undefined || event.event === 'message') && event.data !== ''
}
