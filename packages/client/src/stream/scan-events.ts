import { EventScanner, type EventScannerHandlers } from '../wire/event-scanner.js'
import { JsonScanner } from '../wire/json-scanner.js'
import { isMessageType } from '../wire/sse.js'
import type { Passage } from './event-rules.js'
import type { EventJudge } from './relay.js'
import { membersOfMessage, scannedMessages } from './server-message.js'

type Bytes = Pick<EventScannerHandlers<JsonScanner>, 'onBytes' | 'onLineEnd'>

/** Shows every event to the judge as soon as it is whole. Holds none. */
export function scanEvents(
  judge: EventJudge,
  onJudged: (passage: Passage | undefined, type: string | undefined) => void = () => undefined,
  bytes: Bytes = {},
): EventScanner<JsonScanner> {
  return new EventScanner({
    ...bytes,
    readData: () => new JsonScanner(membersOfMessage),
    onEvent: ({ id, event, data }) => {
      const carriesMessage = data.length > 0 && isMessageType(event)
      onJudged(judge.judge({ id, messages: carriesMessage ? scannedMessages(data.end()) : [] }), event)
    },
    onRetry: (ms) => {
      judge.onRetry(ms)
    },
  })
}
