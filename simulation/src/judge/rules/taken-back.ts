import type { Rule } from '../case-file.js'

/** What nobody waits for is not sent any more, and a question of a dead session is not left standing (P9). */
export const taking: Rule = function* (file) {
  for (const request of file.requests) {
    const { key, endedBefore } = request
    if (endedBefore === undefined) continue
    const later = file.triesOf(request).find(({ index }) => index >= endedBefore)
    if (later) yield `${key} was sent again (#${String(later.index)}) after its client had given it up`
  }
  if (!file.features.withdrawals) return
  for (const { key, session, receivedAt, answeredAt, withdrawnAt } of file.questions) {
    const upstream = file.upstream.find(({ number }) => number === session)
    const isDead = upstream?.refusedBy !== undefined
    if (receivedAt !== undefined && isDead && answeredAt === undefined && withdrawnAt === undefined) {
      yield `the question ${key} was left standing when its session was gone`
    }
  }
}
