import { EventScanner, type ScannedEvent } from '@mcp-tether/client/internal'
import type { ReceivedLarge } from './large/large-receiver.js'
import type { SpoolSpace } from './large/spool-space.js'
import { MessageData } from './message-data.js'

/** An event of a stream. */
export interface StreamMessage {
  readonly id: string | undefined
  /** Its text; when it is too large to be held, what became of it, which is to be closed. Absent: it carries none. */
  readonly message: string | ReceivedLarge | undefined
}

export interface ReadMessagesOptions {
  /** Where a message goes that is too large to be held; absent where it must be held. */
  readonly space: SpoolSpace | undefined
  /** The server's wish for the time until a reconnection, in milliseconds. */
  readonly onRetry: (ms: number) => void
  /** Whether the event with this id was read before, so that it is passed over. @default none was */
  readonly isKnown?: (id: string) => boolean
}

/**
 * The events of a stream, as fast as they are taken and no faster: the next chunk is read when the last one's events have
 * been consumed, and what is large of them is on disk. Leaving the loop cancels the stream.
 */
export async function* readMessages(
  body: ReadableStream<Uint8Array>,
  { space, onRetry, isKnown = () => false }: ReadMessagesOptions,
): AsyncGenerator<StreamMessage, void, undefined> {
  const reader = body.getReader()
  const events: ScannedEvent<MessageData>[] = []
  const scanner = new EventScanner({
    readData: () => new MessageData(space),
    onEvent: (event) => events.push(event),
    onRetry,
  })
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      scanner.push(value)
      for (let event = events.shift(); event; event = events.shift()) {
        const { id, data } = event
        if (id !== undefined && isKnown(id)) await data.giveUp()
        else if (carriesMessage(event)) yield { id, message: await data.take() }
        else {
          await data.giveUp()
          yield { id, message: undefined }
        }
      }
      await scanner.data?.settle()
    }
  } finally {
    await scanner.data?.giveUp()
    for (const { data } of events) await data.giveUp()
    await reader.cancel().catch(() => undefined)
  }
}

/** Only an event of the default type with data carries a message; an empty one just brings an id. */
function carriesMessage({ event, data }: ScannedEvent<MessageData>): boolean {
  return !data.isEmpty && (event === undefined || event === 'message')
}
