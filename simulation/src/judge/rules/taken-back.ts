import type { QuestionRecord } from '../../model/history.js'
import type { CaseFile, Rule } from '../case-file.js'

/** More than a withdrawal takes on a stream that is open. */
const withdrawalMs = 1_000

/** What nobody waits for is not sent any more, and a question of a dead session is not left standing (P9). */
export const taking: Rule = function* (file) {
  for (const request of file.requests) {
    const { key, endedBefore } = request
    if (endedBefore === undefined) continue
    const later = file.triesOf(request).find(({ index }) => index >= endedBefore)
    if (later) yield `${key} was sent again (#${String(later.index)}) after its client had given it up`
  }
  if (!file.features.withdrawals) return
  for (const question of file.questions) {
    const { key, session, receivedAt, answeredAt, withdrawnAt } = question
    const upstream = file.upstream.find(({ number }) => number === session)
    const isDead = upstream?.refusedBy !== undefined
    if (receivedAt !== undefined && isDead && answeredAt === undefined && withdrawnAt === undefined) {
      yield `the question ${key} was left standing when its session was gone`
    }
    if (wasThoughtAboutInVain(file, question)) yield `the question ${key} was not withdrawn when its session was gone`
  }
}

/** Answered long after a stream of the next session could have brought its withdrawal. */
function wasThoughtAboutInVain({ wire, clients }: CaseFile, question: QuestionRecord): boolean {
  const { client, session, receivedAt, answeredAt, withdrawnAt } = question
  if (receivedAt === undefined || answeredAt === undefined || withdrawnAt !== undefined) return false
  if (clients[client]?.streamEnds !== 0) return false
  return wire.some(
    (record) =>
      record.client === client &&
      record.key === `listen-${String(client)}` &&
      record.status === 200 &&
      (record.session?.number ?? 0) > session &&
      record.sentAt > receivedAt &&
      record.sentAt + withdrawalMs < answeredAt,
  )
}
