import { createParser } from 'eventsource-parser'

/** Whether a response's media type is an event stream. */
export function isEventStream(response: Response): boolean {
  return /^\s*text\/event-stream\s*(;|$)/i.test(response.headers.get('content-type') ?? '')
}

/** Calls `onData` with the data of every whole event in the text that is fed to it, piece by piece. */
export function eventData(onData: (data: string) => void): { feed: (text: string) => void } {
  const parser = createParser({
    onEvent: ({ data }) => {
      onData(data)
    },
  })
  return {
    feed: (text) => {
      parser.feed(text)
    },
  }
}

/** The data of the last event in a whole text, `undefined` when there is none. */
export function lastEventData(text: string): string | undefined {
  let last: string | undefined
  // The final event of a body that was cut at a limit, or written without its blank line, still counts here.
  eventData((data) => (last = data)).feed(`${text}\n\n`)
  return last
}
