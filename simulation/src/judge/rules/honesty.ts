import type { RequestRecord, WireRecord } from '../../model/history.js'
import type { CaseFile, Rule } from '../case-file.js'

/** A failed recovery may be remembered for a while, so that the next request is not kept waiting for the same. */
const rememberedMs = 120_000

/** The engine's own errors say what was (P11). */
export const honesty: Rule = function* (file) {
  for (const request of file.requests) {
    const { outcome } = request
    if (outcome?.kind !== 'error') continue
    const fault = faultOf(file, request, outcome.code)
    if (fault !== undefined) yield `${request.key} (${request.kind}) got ${String(outcome.code)}, but ${fault}`
  }
}

function faultOf(file: CaseFile, request: RequestRecord, code: number): string | undefined {
  const tries = file.triesOf(request)
  const last = tries.at(-1)
  const isOurs = code <= -32010 && code >= -32019
  if (!isOurs) {
    // Refused on the new session too, with an error on its own id: that may have been the server's answer all the time.
    const isEchoed = last?.ending === 'lost' && wasRenewed(file, request)
    return last?.ending === 'answered' || isEchoed ? undefined : `it was ${String(last?.ending)}`
  }
  if (last?.ending === 'answered') return 'it was answered'
  switch (code) {
    case -32010:
      return recoveryFailed(file, request, tries) ? undefined : 'no recovery failed'
    case -32011:
      return outcomeUnknown(file, request, tries) ? undefined : 'its outcome was not in doubt'
    case -32012:
      return wasAway(file, request, tries) ? undefined : 'there was time left to wait for the server'
    default:
      return 'nobody knows that code'
  }
}

function recoveryFailed(file: CaseFile, request: RequestRecord, tries: readonly WireRecord[]): boolean {
  const { settledAt = 0 } = request
  const { replay } = file.schedule.options
  const losses = tries.filter(({ ending }) => ending === 'lost').length
  const failed = file.events.some(
    ({ at, event }) =>
      (event.type === 'recovery-failed' || event.type === 'recovery-suspended') &&
      at <= settledAt &&
      at >= settledAt - rememberedMs,
  )
  // Told by what was asked beside it, not by a refusal of its own.
  const wasLostSilently = file.events.some(
    ({ at, event }) =>
      event.type === 'session-lost' &&
      event.rule === 'persistent-server-error' &&
      at >= request.startedAt &&
      at <= settledAt,
  )
  return (
    failed ||
    (wasLostSilently && replay !== 'on-rejection') ||
    ((losses > 0 || wasUsurped(file, request)) && wasRenewed(file, request)) ||
    losses > 1 ||
    (losses === 1 && replay !== 'on-rejection') ||
    tries.some(({ ending }) => ending === 'header-lost')
  )
}

/** Whether its session's id was given to another session meanwhile. */
function wasUsurped({ clients, events }: CaseFile, { client, startedAt, settledAt = 0 }: RequestRecord): boolean {
  return events.some(
    ({ at, event }) =>
      event.type === 'session-lost' &&
      event.rule === 'upstream-id-reused' &&
      event.session === clients[client]?.fingerprint &&
      at >= startedAt &&
      at <= settledAt,
  )
}

/** Whether its session was renewed while it was under way: perhaps without a refusal, because its id was given away. */
function wasRenewed({ clients, events }: CaseFile, { client, startedAt, settledAt = 0 }: RequestRecord): boolean {
  return events.some(
    ({ at, event }) =>
      event.type === 'recovery-succeeded' &&
      event.session === clients[client]?.fingerprint &&
      at >= startedAt &&
      at <= settledAt,
  )
}

function outcomeUnknown(
  file: CaseFile,
  { isSafe, kind, client }: RequestRecord,
  tries: readonly WireRecord[],
): boolean {
  const isTool = kind === 'read-only' || kind === 'idempotent'
  const doubtful = tries.find(
    ({ ending, replay }) =>
      ending === 'broken-off' || ending === 'cut' || (ending === 'lost' && replay === 'heal-only'),
  )
  if (!doubtful) return false
  const isKnownToBeSafe = isSafe && (!isTool || wasListed(file, client, doubtful.sentAt))
  return !isKnownToBeSafe || file.schedule.options.replay === 'never' || wasAsked(file, tries)
}

/** Whether the client knew the tools of its session: a list that comes late from the session before says nothing. */
function wasListed({ wire, requests, clients, events }: CaseFile, client: number, before: number): boolean {
  const fingerprint = clients[client]?.fingerprint
  const isRead = ({ isEnginesOwn, key }: WireRecord): boolean =>
    isEnginesOwn || requests.some((request) => request.key === key && request.outcome?.kind === 'result')
  return wire.some(
    (record) =>
      record.client === client &&
      record.what === 'tools/list' &&
      record.ending === 'answered' &&
      isRead(record) &&
      record.endedAt !== undefined &&
      record.endedAt < before &&
      !events.some(
        ({ at, event }) =>
          event.type === 'recovery-succeeded' &&
          event.session === fingerprint &&
          at >= record.sentAt &&
          at <= (record.endedAt ?? at),
      ),
  )
}

/** A call that has asked its client something is not safe to repeat. */
function wasAsked({ questions }: CaseFile, tries: readonly WireRecord[]): boolean {
  return questions.some(({ key }) => tries.some((record) => key.startsWith(`${record.key}/`)))
}

function wasAway(file: CaseFile, request: RequestRecord, tries: readonly WireRecord[]): boolean {
  const { outageBudget } = file.schedule.options
  const { startedAt, settledAt = 0, client } = request
  const relevant = [...tries, ...file.ownOf(client)].filter(
    ({ ending, endedAt }) =>
      endedAt !== undefined &&
      endedAt >= startedAt &&
      endedAt <= settledAt &&
      (ending === 'not-started' || ending === 'not-ready' || ending === 'broken-off' || ending === 'cut'),
  )
  const first = Math.min(...relevant.map(({ endedAt = 0 }) => endedAt))
  const asksForMore = relevant.some(
    ({ retryAfterMs = 0, endedAt = 0 }) => endedAt + retryAfterMs > first + outageBudget,
  )
  // The head of its answer was there already, so that it could not be given the challenge.
  const isChallenged =
    tries.some(({ ending }) => ending === 'cut') &&
    file.wire.some(({ client: whose, status }) => whose === client && status === 401)
  return relevant.length > 0 && (settledAt - first >= outageBudget || asksForMore || isChallenged)
}
