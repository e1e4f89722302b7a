import type { History, WireRecord } from '../model/history.js'

/** A history for humans: what went over the wire, what the clients got, and what the engine said of it. */
export function wireLog(history: History): string {
  const lines = [
    ...history.wire.map((record) => ({ at: record.sentAt, text: wireLine(record) })),
    ...history.events.map(({ at, event }) => ({ at, text: `        engine: ${wordsOf(event)}` })),
    ...history.requests.flatMap(({ key, kind, client, startedAt, settledAt, outcome, endedAt }) => [
      { at: startedAt, text: `        client ${String(client)}: ${key} (${kind}) begins` },
      ...(endedAt === undefined ? [] : [{ at: endedAt, text: `        client ${String(client)}: gives ${key} up` }]),
      ...(settledAt === undefined
        ? []
        : [{ at: settledAt, text: `        client ${String(client)}: ${key} ends with ${JSON.stringify(outcome)}` }]),
    ]),
  ]
  return lines
    .sort((a, b) => a.at - b.at)
    .map(({ at, text }) => `${at.toFixed(0).padStart(8)}  ${text}`)
    .join('\n')
}

function wireLine(record: WireRecord): string {
  const { index, client, key, isEnginesOwn, method, what, sessionId, ending, endedAt, status, fault, session } = record
  const parts = [
    `#${String(index)}`,
    `client ${String(client)}`,
    isEnginesOwn ? 'ENGINE' : key,
    method === 'POST' ? what : `${method} ${what}`,
    `under ${sessionId ?? 'no id'}`,
    session ? `on session ${String(session.number)}` : '',
    fault === undefined ? '' : `[${fault}]`,
    `-> ${ending}`,
    status === undefined ? '' : String(status),
    record.dialect ?? '',
    record.executed ? 'executed' : '',
    endedAt === undefined ? '' : `at ${endedAt.toFixed(0)}`,
  ]
  return parts.filter((part) => part !== '').join(' ')
}

function wordsOf(event: object): string {
  return Object.entries(event)
    .map(([name, value]) => (name === 'type' ? String(value) : `${name}=${String(value)}`))
    .join(' ')
}
