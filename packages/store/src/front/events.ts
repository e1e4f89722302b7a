import type { BackEnd, LogName, RawEvent, RequiredEventLimits } from '../contract/back-end.js'
import { StoreError } from '../contract/errors.js'
import type { EventPage, ReadEventsResult, SessionEvents, StoredEvent, StoredMessage } from '../contract/event-store.js'
import { eventIdOf, hasSeen, isStreamId, readEventId } from '../record/event-id.js'
import { partKey, sessionKey } from '../record/session-key.js'
import { checkedCount, checkedSize } from './checked.js'
import type { RecordReader } from './record-reader.js'

const maxEventBytes = 16 * 1024 * 1024
const maxPage = 1000
const defaultPage = 100

/** The label of what is before the first event of a stream. */
const startLabel = '0'

/** The id by which both SDK majors name the standalone stream of a session. */
const standaloneStreamId = '_GET_stream'

/** The events of one session. */
export function createSessionEvents(
  sessionId: string,
  backEnd: BackEnd,
  reader: RecordReader,
  limits: RequiredEventLimits,
  nextLabel: () => string,
): SessionEvents {
  const key = sessionKey(sessionId)
  const logOf = (streamId: string): LogName => (streamId === standaloneStreamId ? 'standalone' : 'calls')
  const contextOf = (stream: string, label: string) => `event\0${key}\0${stream}\0${label}`

  function openedEvent(streamId: string, stream: string, { label, bytes }: RawEvent): StoredEvent | undefined {
    const value = reader.open(contextOf(stream, label), key, bytes)
    if (value === undefined) return undefined
    if (typeof value === 'object' && value !== null) return { eventId: eventIdOf(streamId, label), message: value }
    reader.refuse(key, 'is no event')
    return undefined
  }

  async function page(streamId: string, after: string | undefined, limit: number) {
    const stream = partKey(streamId)
    const count = checkedCount('limit', limit, 1, maxPage)
    const first = await backEnd.readEvents(key, logOf(streamId), stream, after, count)
    let isWhole = first.found
    for (let part = first; ;) {
      const opened = part.events.map((event) => openedEvent(streamId, stream, event))
      const readable = opened.filter((event) => event !== undefined)
      isWhole &&= readable.length === opened.length
      const last = part.events.at(-1)
      // Whoever reads on goes on after an event of the page, so that there has to be one.
      if (readable.length > 0 || !part.more || last === undefined) {
        const isEmpty = first.events.length === 0
        return { isWhole, isEmpty, page: { streamId, events: readable, more: part.more } satisfies EventPage }
      }
      part = await backEnd.readEvents(key, logOf(streamId), stream, last.label, count)
    }
  }

  function checkedStream(streamId: string): string {
    if (isStreamId(streamId)) return streamId
    throw new StoreError('invalid_option', 'A stream id has to be well-formed text of 1 to about 400 characters.')
  }

  function append(streamId: string, message: StoredMessage): { eventId: string; stored: Promise<void> } {
    const stream = partKey(checkedStream(streamId))
    const label = nextLabel()
    const bytes = checkedSize('An event', reader.seal(contextOf(stream, label), message), maxEventBytes)
    const stored = backEnd.appendEvent(key, logOf(streamId), stream, { label, bytes }, limits)
    return { eventId: eventIdOf(streamId, label), stored }
  }

  async function read(lastEventId: string, limit = defaultPage): Promise<ReadEventsResult> {
    const id = readEventId(lastEventId)
    if (id === undefined) return { status: 'invalid' }
    const isStart = id.label === startLabel
    const result = await page(id.streamId, isStart ? undefined : id.label, limit)
    // Nothing shows that there is such a stream at all.
    if (isStart && result.isEmpty) return { status: 'unknown', streamId: id.streamId }
    if (result.isWhole) return { status: 'found', streamId: id.streamId, page: result.page }
    if (result.isEmpty) return { status: 'unknown', streamId: id.streamId }
    return { status: 'trimmed', streamId: id.streamId, page: result.page }
  }

  return {
    append,
    read,
    startOf: (streamId) => eventIdOf(checkedStream(streamId), startLabel),

    async storeEvent(streamId, message) {
      const { eventId, stored } = append(streamId, message)
      await stored
      return eventId
    },

    async getStreamIdForEventId(eventId) {
      const { status, page } = await read(eventId, 1)
      return status === 'found' ? page?.streamId : undefined
    },

    async replayEventsAfter(lastEventId, { send }) {
      let after = lastEventId
      for (;;) {
        const { status, page } = await read(after)
        if (status !== 'found' || page === undefined) {
          throw new StoreError('event_unknown', 'Events may be missing: the one to go on after is not kept any more.')
        }
        for (const { eventId, message } of page.events) {
          await send(eventId, message)
          after = eventId
        }
        if (!page.more) return page.streamId
      }
    },

    async readFromStart(streamId, limit = defaultPage) {
      return (await page(streamId, undefined, limit)).page
    },

    hasSeen,

    clear: () => backEnd.clearEvents(key),
  }
}
