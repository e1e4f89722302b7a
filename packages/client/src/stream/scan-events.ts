import { EventScanner, type EventScannerHandlers } from '../wire/event-scanner.js'
import { JsonScanner } from '../wire/json-scanner.js'
import { isMessageType } from '../wire/sse.js'
import type { Passage } from './event-rules.js'
import type { EventJudge } from './relay.js'
import { membersOfMessage, scannedMessages } from './server-message.js'

interface ScanOptions extends Pick<EventScannerHandlers<JsonScanner>, 'onBytes' | 'onLineEnd'> {
  /** Told what the judge has said of an event. */
  readonly onJudged?: (passage: Passage | undefined, type: string | undefined) => void
  /** Whether the stream begins here, maybe with a byte order mark. @default true */
  readonly isBeginning?: boolean
}

/** Shows every event to the judge as soon as it is whole. Holds none. */
export function scanEvents(
  judge: EventJudge,
  { onJudged, isBeginning, ...bytes }: ScanOptions = {},
): EventScanner<JsonScanner> {
  return new EventScanner(
    {
      ...bytes,
      readData: () => new JsonScanner(membersOfMessage),
      onEvent: ({ id, event, data }) => {
        const carriesMessage = data.length > 0 && isMessageType(event)
        const passage = judge.judge({ id, messages: carriesMessage ? scannedMessages(data.end()) : [] })
        onJudged?.(passage, event)
      },
      onRetry: (ms) => {
        judge.onRetry(ms)
      },
    },
    isBeginning,
  )
}
