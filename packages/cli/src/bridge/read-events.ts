import { EventScanner, type ScannedEvent } from '@mcp-tether/client/internal'
import type { SpoolSpace } from './large/spool-space.js'
import { MessageData } from './message-data.js'

/** An event of a stream. Its data are to be taken before the next one is asked for, or they are given up. */
export type StreamEvent = ScannedEvent<MessageData>

export interface EventStreamOptions {
  /** Where the data of an event go that are too large to be held; absent where they must be held. */
  readonly space: SpoolSpace | undefined
  /** The server's wish for the time until a reconnection, in milliseconds. */
  readonly onRetry?: (ms: number) => void
  /** A comment came, by which servers keep a connection alive. */
  readonly onComment?: () => void
}

/**
 * The events of a stream, as fast as they are taken and no faster: the next chunk is read when the last one's events have
 * been consumed, and what is large of them is on disk. Leaving the loop cancels the stream.
 */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  { space, onRetry = () => undefined, onComment }: EventStreamOptions,
): AsyncGenerator<StreamEvent, void, undefined> {
  const reader = body.getReader()
  const events: StreamEvent[] = []
  const scanner = new EventScanner({
    readData: () => new MessageData(space),
    onEvent: (event) => events.push(event),
    onRetry,
    onLineEnd: (kind) => {
      if (kind === 'comment') onComment?.()
    },
  })
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      scanner.push(value)
      for (let [event] = events; event; [event] = events) {
        yield event
        events.shift()
        await event.data.giveUp()
      }
      await scanner.data?.settle()
    }
  } finally {
    await scanner.data?.giveUp()
    for (const { data } of events) await data.giveUp()
    await reader.cancel().catch(() => undefined)
  }
}

/** True for an event that carries a message: the default type, with data (an empty one only brings an id). */
export function carriesMessage({ event, data }: StreamEvent): boolean {
  return !data.isEmpty && (event === undefined || event === 'message')
}
