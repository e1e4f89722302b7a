import type { CallWork } from './call-work.js'
import type { ModelClient } from './client.js'
import type { Exchange } from './exchange.js'
import { mistake } from './mistake.js'
import type { Network } from './network.js'
import { jsonHeaders, type Dispatch, type ModelServer } from './server.js'
import type { UpstreamSession } from './upstream-session.js'

/** How the mistake begins that a session was used before it was told what its predecessor knew. */
export const beforeRestored = 'it was sent before the session was restored'

/**
 * Hands the requests that the session gate let through to what answers them.
 * @param remembered the clients whose settings have to be known by the time of their first request
 */
export function dispatchTo(
  server: ModelServer,
  network: Network,
  work: CallWork,
  remembered: readonly ModelClient[],
): Dispatch {
  const seen = new Set<number>()
  return (session, exchange) => {
    const { record, message } = exchange
    if (record.method === 'POST' && message.id !== undefined && !record.isEnginesOwn && !server.isStateless) {
      const client = remembered[record.client]
      // Ids that are counted may lead it into the session of another client, or into one that is made while it is on its way.
      const { client: owner, madeBy } = session.record
      const isMeant = owner === record.client && record.sentAt > madeBy.sentAt
      if (client && isMeant && !seen.has(session.record.number)) {
        for (const difference of client.state.differences(session.logLevel, session.subscriptions, madeBy.sentAt)) {
          mistake(record, `${beforeRestored}: ${difference}`)
        }
      }
      seen.add(session.record.number)
    }
    switch (record.method) {
      case 'GET':
        openStream(server, session, exchange)
        return
      case 'DELETE':
        session.record.deleted = true
        server.forget(session)
        exchange.answer('answered', 200, {}, '')
        return
    }
    if (record.what === 'notifications/initialized') session.record.acknowledged = true
    if (record.what === 'response') work.takeAnswer(session, exchange)
    if (message.method === undefined || message.id === undefined) {
      record.executed = true
      exchange.answer('answered', 202, {}, '')
      if (record.what === 'notifications/initialized' && record.isEnginesOwn && server.stillborn > 0) {
        server.stillborn--
        server.forget(session)
      }
      return
    }
    const plan = record.isEnginesOwn ? undefined : network.plans.get(record.key)
    work.run(session, exchange, plan ?? atOnce)
  }
}

const atOnce = {
  client: 0,
  at: 0,
  kind: 'ping',
  workMs: 0,
  streamed: false,
  notes: 0,
  asks: undefined,
  latencies: [],
  network: [],
  ends: undefined,
  value: 0,
} as const

function openStream(server: ModelServer, session: UpstreamSession, exchange: Exchange): void {
  const { lastEventId } = exchange.record
  const { standalone } = server.traits
  server.checkEventId(exchange, session)
  const found = lastEventId === undefined ? undefined : session.find(lastEventId)
  if (lastEventId !== undefined && !found) {
    exchange.answer('answered', 400, jsonHeaders, '{"error":"Invalid event ID"}')
    return
  }
  if (!found && (standalone !== 'offered' || server.isStateless)) {
    exchange.answer('answered', standalone === 'none-404' ? 404 : 405, {}, '')
    return
  }
  const body = exchange.openStream({})
  if (!body) return
  if (found) {
    session.resume(found.stream, found.index, body)
  } else {
    session.standalone?.body?.end()
    session.standalone = session.newStream(body)
  }
  exchange.conclude('answered')
}
