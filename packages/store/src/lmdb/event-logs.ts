import type { LogName, RawEvent, RawEventPage, RequiredEventLimits } from '../contract/back-end.js'
import { eventAt, logsAt, rangeOf, removeRange, type Database, type Key } from './database.js'
import { eventValue, logsValue, readEventValue, readLogsValue, timeOf, type LogState } from './values.js'

/** Inside a transaction: appends, and drops what is too old or too much; the newest event stays. */
export function appendEvent(
  database: Database,
  key: string,
  log: LogName,
  stream: string,
  { label, bytes }: RawEvent,
  limits: RequiredEventLimits,
  now: number,
  sessionExpiresAt: number,
): void {
  const logs = liveLogs(database, key, now)
  const state = logs[log]
  const value = eventValue({ storedAt: now, stream, label, bytes })
  database.putSync(eventAt(key, log, state.next), value)
  state.next++
  state.count++
  state.bytes += value.length
  trim(database, key, log, state, limits, now)
  const expiresAt = Math.max(logs.expiresAt, now + limits.maxAge, sessionExpiresAt)
  database.putSync(logsAt(key), logsValue({ ...logs, expiresAt }))
}

export function readEvents(
  database: Database,
  key: string,
  log: LogName,
  stream: string,
  after: string | undefined,
  limit: number,
  now: number,
): RawEventPage {
  const header = database.get(logsAt(key))
  if (header === undefined || timeOf(header) <= now) return { found: after === undefined, events: [], more: false }
  let found = after === undefined
  let events: RawEvent[] = []
  for (const { value } of rangeOf(database, ['e', key, log])) {
    const event = readEventValue(value)
    if (event.stream !== stream) continue
    if (event.label === after) {
      found = true
      events = []
    } else if (!found || events.length <= limit) {
      // Until it is found, what was met is kept only as far as it may be the answer.
      if (events.length <= limit) events.push({ label: event.label, bytes: event.bytes })
    } else break
  }
  return { found, events: events.slice(0, limit), more: events.length > limit }
}

/** Inside a transaction. */
export function clearEvents(database: Database, key: string): void {
  database.removeSync(logsAt(key))
  removeRange(database, ['e', key])
}

/** Inside a transaction: the events live at least as long as their session. */
export function keepEvents(database: Database, key: string, expiresAt: number, now: number): void {
  const header = database.get(logsAt(key))
  if (header === undefined || timeOf(header) <= now || timeOf(header) >= expiresAt) return
  const later = Buffer.from(header)
  later.writeDoubleBE(expiresAt)
  database.putSync(logsAt(key), later)
}

/** The state of the logs; those that have ended are removed before. */
function liveLogs(database: Database, key: string, now: number) {
  const logs = readLogsValue(database.get(logsAt(key)))
  if (logs.expiresAt > now || logs.expiresAt === 0) return logs
  clearEvents(database, key)
  return readLogsValue(undefined)
}

function trim(
  database: Database,
  key: string,
  log: LogName,
  state: LogState,
  { maxEvents, maxBytes, maxAge }: RequiredEventLimits,
  now: number,
): void {
  const dropped: Key[] = []
  for (const entry of rangeOf(database, ['e', key, log])) {
    const isTooMuch = state.count > maxEvents || state.bytes > maxBytes || timeOf(entry.value) < now - maxAge
    if (state.count <= 1 || !isTooMuch) break
    state.count--
    state.bytes -= entry.value.length
    dropped.push(entry.key)
  }
  for (const position of dropped) database.removeSync(position)
}
