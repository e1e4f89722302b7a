import { encode } from 'eventsource-encoder'
import { createParser, type EventSourceMessage } from 'eventsource-parser'

/** One event of a stream (HTML Standard, 9.2.6). `id` and `event` only where the event itself has them. */
export type StreamEvent = EventSourceMessage

/** What a reader of an event stream wants to hear of. */
export interface EventHandlers {
  readonly onEvent: (event: StreamEvent) => void
  /** The server's wish how long to wait before its stream is opened again, in milliseconds. */
  readonly onRetry?: (ms: number) => void
}

/** In characters. More than any answer that a model can use; a server may not make us hold more. */
const maxEventLength = 64 * 1024 * 1024

/** Whether a response's media type is an event stream. */
export function isEventStream(response: Response): boolean {
  return /^\s*text\/event-stream\s*(;|$)/i.test(response.headers.get('content-type') ?? '')
}

/**
 * Reads an event stream from the text that is fed to it, piece by piece. An event that is too long ends it: nothing is
 * read after it.
 */
export function eventReader({ onEvent, onRetry }: EventHandlers): {
  feed: (text: string) => void
} {
  let ended = false
  const parser = createParser({
    onEvent,
    maxBufferSize: maxEventLength,
    ...(onRetry && { onRetry }),
    onError: ({ type }) => {
      if (type === 'max-buffer-size-exceeded') ended = true
    },
  })
  return {
    feed: (text) => {
      if (!ended) parser.feed(text)
    },
  }
}

/** Whether events of this type bring JSON-RPC messages, where they bring data. */
export function isMessageType(event: string | undefined): boolean {
  return event === undefined || event === 'message'
}

/** The text of one event. */
export function encodeEvent({ id, event, data }: StreamEvent): string {
  return encode({ data, ...(id !== undefined && { id }), ...(event !== undefined && { event }) })
}

/** Calls `onData` with the data of every whole event in the text that is fed to it, piece by piece. */
export function eventData(onData: (data: string) => void): { feed: (text: string) => void } {
  return eventReader({
    onEvent: ({ data }) => {
      onData(data)
    },
  })
}

/** The data of the last event in a whole text, `undefined` when there is none. */
export function lastEventData(text: string): string | undefined {
  let last: string | undefined
  // The final event of a body that was cut at a limit, or written without its blank line, still counts here.
  eventData((data) => (last = data)).feed(`${text}\n\n`)
  return last
}
