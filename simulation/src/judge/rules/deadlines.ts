import type { RequestRecord, WireRecord } from '../../model/history.js'
import { requestTimeoutMs } from '../../model/client-request.js'
import type { CaseFile, Rule } from '../case-file.js'
import { neighbours } from '../neighbours.js'

/** A request may join one recovery, start one, and meet a third one on its last try. */
const maxRecoveries = 3
const maxSignIns = 2

/** No wait past its deadline. In virtual milliseconds, exactly. */
export const deadlines: Rule = function* (file) {
  const { recoveryTimeout } = file.schedule.options
  for (const { event } of file.events) {
    const isOver = event.type === 'recovery-succeeded' || event.type === 'recovery-failed'
    if (isOver && event.durationMs > recoveryTimeout) {
      yield `a recovery took ${String(event.durationMs)} ms of ${String(recoveryTimeout)}`
    }
  }
  for (const request of file.requests) {
    yield* settledInTime(file, request)
    yield* triedInTime(file, request)
  }
}

function* settledInTime(file: CaseFile, request: RequestRecord) {
  const { recoveryTimeout, outageBudget, authorizationTimeout } = file.schedule.options
  const { key, startedAt, settledAt, endedAt, overAt, outcome, signInMs } = request
  if (settledAt === undefined) return
  if (settledAt - startedAt > requestTimeoutMs + signInMs) yield `${key} was not over when its client gave up`
  if (outcome?.kind === 'aborted' && endedAt !== undefined && settledAt > endedAt) {
    yield `${key} went on for ${String(settledAt - endedAt)} ms after it was aborted`
  }
  const bound =
    outages(file, request) * outageBudget +
    maxRecoveries * recoveryTimeout +
    maxSignIns * (authorizationTimeout + recoveryTimeout)
  const end = overAt ?? settledAt
  const held = end - startedAt - signInMs - underWayMs(file, request, end)
  if (request.resumptions === 0 && held > bound) yield `${key} was held back for ${String(held)} ms of ${String(bound)}`
}

/** An answer that had begun to come ends the outage before it, and what breaks it off is the beginning of the next one. */
function outages(file: CaseFile, request: RequestRecord): number {
  return Math.max(1, file.triesOf(request).filter(({ ending }) => ending === 'cut').length)
}

/** How long a request was with the server: its tries, and its stream where the engine went on with it. */
function underWayMs(file: CaseFile, request: RequestRecord, end: number): number {
  const tries = file.triesOf(request).map(({ sentAt, endedAt = end }) => endedAt - sentAt)
  const resumed = file.wire
    .filter(({ key, what, status }) => key === request.key && what === 'resume' && status === 200)
    .map(({ sentAt, bodyEndedAt = end }) => bodyEndedAt - sentAt)
  return [...tries, ...resumed].reduce((sum, ms) => sum + ms, 0)
}

/** A try that follows an outage begins within the budget, which counts from the first failure. */
function* triedInTime(file: CaseFile, request: RequestRecord) {
  const { outageBudget } = file.schedule.options
  const tries = file.triesOf(request)
  let first: number | undefined
  for (const [before, after] of neighbours(tries)) {
    // An answer that had begun to come ends the outage before it, and is the beginning of the next one.
    if (before.fetchNumber !== after.fetchNumber || before.ending === 'cut') first = undefined
    else if (isAway(before) && before.endedAt !== undefined) {
      const since = (first ??= before.endedAt)
      const recovered = file.events.some(({ at, event }) => isRecovery(event.type) && at >= since && at <= after.sentAt)
      if (!recovered && after.sentAt > since + outageBudget) {
        yield `${request.key} was tried again ${String(after.sentAt - since)} ms after its first failure`
      }
    }
  }
}

/** A recovery is waited for beyond the budget, whenever it began. */
function isRecovery(type: string): boolean {
  return type === 'recovery-started' || type === 'recovery-succeeded' || type === 'recovery-failed'
}

function isAway({ ending }: WireRecord): boolean {
  return ending === 'not-started' || ending === 'not-ready' || ending === 'broken-off'
}
