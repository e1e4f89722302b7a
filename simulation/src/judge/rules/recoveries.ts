import type { UpstreamRecord, WireRecord } from '../../model/history.js'
import type { CaseFile, Rule } from '../case-file.js'
import { neighbours } from '../neighbours.js'

/** One recovery for a loss (P6), and nothing of our own where nothing was wrong (P10). */
export const recoveries: Rule = function* (file) {
  for (const { index: client } of file.clients) {
    const chain = file.upstream.filter((upstream) => upstream.client === client && !isProbe(file, upstream))
    for (const [before, after] of neighbours(chain)) {
      if (after.madeBy.isEnginesOwn && !mayBeReplaced(before, after) && !wasGivenUp(file, before, after)) {
        yield `client ${String(client)}: session ${String(after.number)} was made although session ${String(before.number)} was not known to be lost`
      }
    }
    const hadTrouble = file.wire.some(
      ({ client: whose, ending }) => whose === client && ending !== 'answered' && ending !== 'aborted',
    )
    const own = file.ownOf(client)
    const wasUsurped = chain.some(({ usurpedBy }) => usurpedBy !== undefined)
    const wasRefusedStream = file.wire.some(
      ({ client: whose, method, status }) => whose === client && method === 'GET' && status === 404,
    )
    if (own.length > 0 && !hadTrouble && !wasUsurped && !wasRefusedStream) {
      yield `client ${String(client)}: ${String(own[0]?.what)} was sent on a healthy session`
    }
  }
  const bound = file.events.filter(({ event }) => event.type === 'session-bound').length
  const made = file.upstream.filter(
    ({ id, madeBy, toldAt }) => id !== undefined && toldAt !== undefined && !madeBy.isEnginesOwn,
  ).length
  if (bound !== made) yield `${String(bound)} sessions were bound of ${String(made)} that clients made`
}

/** So many failures in a row make it worth asking beside the session whether its server makes new ones. */
const failuresBeforeProbe = 3

/** A session that was made to see whether the server makes any, and ended at once. */
function isProbe({ wire }: CaseFile, probe: UpstreamRecord): boolean {
  const { id, client, madeBy, acknowledged } = probe
  if (!madeBy.isEnginesOwn || (id !== undefined && (acknowledged || !isEndWanted(wire, probe)))) return false
  const failures = wire.filter(
    (record) =>
      record.client === client &&
      record.index < madeBy.index &&
      (record.status === 500 || record.status === 502 || record.status === 503),
  )
  return failures.length >= failuresBeforeProbe
}

/** Whether the engine had asked for its end, because what it had to be told was refused. */
function wasGivenUp({ wire }: CaseFile, before: UpstreamRecord, { madeBy }: UpstreamRecord): boolean {
  return isEndWanted(wire.slice(0, madeBy.index), before)
}

/** Whether the engine has asked for its end: perhaps that was refused too. */
function isEndWanted(wire: readonly WireRecord[], { id }: UpstreamRecord): boolean {
  return wire.some(({ method, isEnginesOwn, sessionId }) => method === 'DELETE' && isEnginesOwn && sessionId === id)
}

/** Whether it was known to be lost before the next `initialize` went out, or never came into its own. */
function mayBeReplaced(before: UpstreamRecord, { madeBy }: UpstreamRecord): boolean {
  const { refusedBy, usurpedBy, acknowledged, id } = before
  const wasRefused = refusedBy !== undefined && refusedBy < madeBy.index
  const wasUsurped = usurpedBy !== undefined && usurpedBy < madeBy.index
  return wasRefused || wasUsurped || !acknowledged || (id === undefined && !before.isAlive)
}
