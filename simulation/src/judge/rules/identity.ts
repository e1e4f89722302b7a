import type { WireRecord } from '../../model/history.js'
import { beforeRestored } from '../../model/dispatch.js'
import type { CaseFile, Rule } from '../case-file.js'

/** The client knows one session id, and what belongs to one session stays in it. */
export const identity: Rule = function* (file) {
  for (const { index, foreignIds } of file.clients) {
    if (foreignIds.length > 0) {
      yield `client ${String(index)} saw ${String(foreignIds.length)} session ids that are not its own`
    }
  }
  for (const record of file.wire) {
    const { index, what } = record
    const mistakes = hadNoTimeToRestore(file, record)
      ? record.mistakes.filter((mistake) => !mistake.startsWith(beforeRestored))
      : record.mistakes
    for (const mistake of mistakes) yield `#${String(index)} ${what}: ${mistake}`
  }
}

/** Whether the recovery's time was over before its session was told everything: then it is used as it is. */
function hadNoTimeToRestore(file: CaseFile, { client, sessionId, sentAt }: WireRecord): boolean {
  const { recoveryTimeout } = file.schedule.options
  const isOver = file.events.some(
    ({ at, event }) =>
      event.type === 'recovery-succeeded' &&
      event.session === file.clients[client]?.fingerprint &&
      event.durationMs >= recoveryTimeout &&
      at <= sentAt,
  )
  const wasCutShort = file
    .ownOf(client)
    .some((own) => own.sessionId === sessionId && own.ending === 'aborted' && (own.endedAt ?? sentAt) <= sentAt)
  return isOver && wasCutShort
}
