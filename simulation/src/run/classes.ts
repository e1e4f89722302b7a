import type { History } from '../model/history.js'

/** How often each class of event really happened: what trivial schedules don't have. */
export type Classes = Record<string, number>

/** Counts what happened in a history into `classes`. */
export function count(history: History, classes: Classes): void {
  const add = (name: string, by = 1) => {
    classes[name] = (classes[name] ?? 0) + by
  }
  const newest = new Map<number, number>()
  for (const record of history.wire) {
    const { ending, isEnginesOwn, what, method, fault, session, dialect } = record
    if (session) newest.set(record.client, Math.max(session.number, newest.get(record.client) ?? 0))
    if (ending === 'lost') {
      add('losses')
      add(`dialect ${dialect ?? ''}`)
      if (record.replay === 'heal-only') add('heal-only losses')
      if (session && session.number < (newest.get(record.client) ?? 0)) add('late refusals')
    }
    if (ending === 'not-started') add('connections refused')
    if (ending === 'not-ready') add('not ready')
    if (record.retryAfterMs !== undefined) add('retry-after')
    if (ending === 'broken-off') add(record.status === undefined ? 'resets' : 'bad gateways')
    if (ending === 'cut') add('cuts')
    if (ending === 'challenged') add('challenges')
    if (ending === 'header-lost') add('headers lost')
    if (fault === 'silent') add('silences')
    if (fault === 'own-error') add('own errors')
    if (fault === 'false-404' && record.executed) add('executed and refused')
    if (isEnginesOwn && what === 'initialize') add('handshakes')
    if (isEnginesOwn && what === 'initialize' && fault !== undefined) add(`handshake ${fault}`)
    if (isEnginesOwn && what === 'ping') add('pings')
    if (method === 'GET' && what === 'stream') add(`stream ${String(record.status ?? ending)}`)
    if (what === 'resume') add('resumptions')
    if (what === 'response') add('answers to questions')
  }
  for (const { outcome } of history.requests) {
    if (outcome) add(outcome.kind === 'error' ? `error ${String(outcome.code)}` : `outcome ${outcome.kind}`)
  }
  for (const { event } of history.events) {
    if (event.type === 'recovery-succeeded') add('recoveries')
    if (event.type === 'request-replayed') add('replays')
    if (event.type === 'server-away') add('waits')
    if (event.type === 'stream-interrupted') add(`interruptions ${event.stream}`)
    if (event.type === 'stream-resumed') add(`continuations ${event.stream}`)
  }
  for (const { id, usurpedBy } of history.upstream) {
    if (id === undefined) add('stateless epochs')
    if (usurpedBy !== undefined) add('ids minted again')
  }
  add('requests', history.requests.length)
  add('questions', history.questions.length)
  add('withdrawals', history.questions.filter(({ withdrawnAt }) => withdrawnAt !== undefined).length)
  for (const { notesReceived } of history.clients) add('notifications', notesReceived)
  if (mostAtOnce(history) >= 10) add('crowds')
  if (history.clients.length > 1) add('several sessions')
}

/** How many requests of clients were under way at the same time. */
function mostAtOnce({ requests }: History): number {
  const changes = requests
    .flatMap(({ startedAt, settledAt = startedAt }) => [
      { at: startedAt, by: 1 },
      { at: settledAt, by: -1 },
    ])
    .sort((a, b) => a.at - b.at || b.by - a.by)
  let now = 0
  let most = 0
  for (const { by } of changes) most = Math.max(most, (now += by))
  return most
}
