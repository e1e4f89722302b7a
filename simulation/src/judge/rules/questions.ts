import type { UpstreamRecord } from '../../model/history.js'
import type { CaseFile, Rule } from '../case-file.js'

/** The answer to a server's question gets to the session that asked, and to no other (P9). */
export const questions: Rule = function* (file) {
  for (const { client, key, session, answeredAt } of file.questions) {
    if (answeredAt === undefined) continue
    const sent = file.wire.filter((record) => record.client === client && record.key === `answer-${key}`)
    const isOwed = isNewest(file, client, session) && isAttributable(file, key, session)
    if (sent.length === 0 && isOwed) yield `the answer to the question ${key} was never sent`
    for (const { index, sentAt, sessionId, session: reached } of sent) {
      // A server that keeps no session tells nobody that it is another process now.
      if (sessionId === undefined || !reached) continue
      if (reached.number !== session && isKnown(reached, sentAt)) {
        yield `#${String(index)} the answer to the question ${key} went to session ${String(reached.number)}`
      }
    }
  }
}

/**
 * Whether the engine could know which session asked. Where ids are counted, a call of the dead session can reach the new
 * one under the same id: its question is taken for the dead one's, and an answer might be taken for another's.
 */
function isAttributable({ wire }: CaseFile, question: string, session: number): boolean {
  const call = wire.findLast((record) => question.startsWith(`${record.key}/`) && record.session?.number === session)
  return !call?.session || isKnown(call.session, call.sentAt)
}

function isNewest({ upstream }: CaseFile, client: number, session: number): boolean {
  return !upstream.some((other) => other.client === client && other.number > session)
}

/** Whether the engine knew of it when it sent something. */
function isKnown({ toldAt }: UpstreamRecord, sentAt: number): boolean {
  return toldAt !== undefined && toldAt < sentAt
}
