import type { RequestRecord, WireRecord } from '../../model/history.js'
import type { CaseFile, Rule } from '../case-file.js'
import { neighbours } from '../neighbours.js'

/** So often one request may find a session lost: once for its renewal, and once more after that. */
const maxOwnRefusals = 2

/** More than back-off leaves room for within any budget. */
const maxTries = 100

/** What was sent again, and might not have been (P1 to P5). */
export const repetitions: Rule = function* (file) {
  const { replay } = file.schedule.options
  // Where ids are counted, a late refusal can't be told from one of the new session with the same id.
  const late = file.schedule.server.ids === 'counted' ? 1 : 0
  for (const request of file.requests) {
    const tries = file.triesOf(request)
    if (tries.length < 2) continue
    if (tries.length > maxTries) yield `${request.key} was tried ${String(tries.length)} times`
    for (const [before, after] of neighbours(tries)) {
      // A client that comes again after a sign-in does so itself.
      if (before.fetchNumber !== after.fetchNumber) continue
      const isSafe = request.isSafe
      if (!mayFollow(before, after, isSafe, replay)) {
        yield `${request.key} (${request.kind}) was sent again after it was ${before.ending} (${replay})`
      }
      // Of a call that its client came back to, the engine does not know any more what was asked before.
      if (before.ending === 'cut' && request.resumptions === 0 && hasAsked(file, before, after)) {
        yield `${request.key} (${request.kind}) was sent again although its client was asked about it`
      }
      const { retryAfterMs, endedAt } = before
      if (retryAfterMs !== undefined && endedAt !== undefined && after.sentAt < endedAt + retryAfterMs) {
        yield `${request.key} was sent again ${String(after.sentAt - endedAt)} ms after Retry-After: ${String(retryAfterMs)} ms`
      }
    }
    const last = tries.filter(({ fetchNumber }) => fetchNumber === tries.at(-1)?.fetchNumber)
    const refusals = last.filter(
      ({ ending, session, index }) =>
        ending === 'lost' && session?.acknowledged === true && session.refusedBy === index,
    ).length
    if (refusals > maxOwnRefusals + late + renewedByOthers(file, request))
      yield `${request.key} found ${String(refusals)} sessions lost, one after the other`
    yield* executedTwice(request, tries)
  }
}

/** A renewal of its own that failed does not count: while it waits for the server, another request may make one. */
function renewedByOthers({ clients, events }: CaseFile, { client, startedAt, settledAt = 0 }: RequestRecord): number {
  const fingerprint = clients[client]?.fingerprint
  return events.some(
    ({ at, event }) =>
      event.type === 'recovery-failed' && event.session === fingerprint && at >= startedAt && at <= settledAt,
  )
    ? 1
    : 0
}

function* executedTwice({ key, kind, isRequest, isSafe }: RequestRecord, tries: readonly WireRecord[]) {
  if (isSafe || !isRequest) return
  const runs = tries.filter(({ executed }) => executed)
  const excused = runs.filter(({ ending, fault }) => ending === 'lost' && fault === 'false-404')
  if (runs.length - excused.length > 1) yield `${key} (${kind}) was executed ${String(runs.length)} times`
}

/** Whether its client was asked something on the first of two tries: it would be asked once more by the second. */
function hasAsked({ questions }: CaseFile, before: WireRecord, after: WireRecord): boolean {
  return questions.some(
    ({ key, askedAt, receivedAt }) =>
      key.startsWith(`${before.key}/`) &&
      askedAt >= before.sentAt &&
      receivedAt !== undefined &&
      receivedAt < after.sentAt,
  )
}

function mayFollow(before: WireRecord, after: WireRecord, isSafe: boolean, policy: string): boolean {
  const { ending, replay: verdict } = before
  switch (ending) {
    case 'not-started':
    case 'not-ready':
      return true
    case 'lost':
      if (verdict === 'heal-only') return isSafe && policy !== 'never'
      return policy === 'on-rejection' || (policy === 'hinted' && isSafe)
    case 'broken-off':
    case 'cut':
      return isSafe && policy !== 'never'
    case 'challenged':
      // Another request of the client has brought a token meanwhile.
      return after.token > before.token
    case 'under-way':
    case 'header-lost':
    case 'answered':
    case 'aborted':
      return false
  }
}
