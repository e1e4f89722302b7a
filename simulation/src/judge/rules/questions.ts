import type { UpstreamRecord } from '../../model/history.js'
import type { CaseFile, Rule } from '../case-file.js'

/** The answer to a server's question gets to the session that asked, and to no other (P9). */
export const questions: Rule = function* (file) {
  for (const { client, key, session, answeredAt } of file.questions) {
    if (answeredAt === undefined) continue
    const sent = file.wire.filter((record) => record.client === client && record.key === `answer-${key}`)
    if (sent.length === 0 && isNewest(file, client, session)) yield `the answer to the question ${key} was never sent`
    for (const { index, sentAt, sessionId, session: reached } of sent) {
      // A server that keeps no session tells nobody that it is another process now.
      if (sessionId === undefined || !reached) continue
      if (reached.number !== session && isKnown(reached, sentAt)) {
        yield `#${String(index)} the answer to the question ${key} went to session ${String(reached.number)}`
      }
    }
  }
}

function isNewest({ upstream }: CaseFile, client: number, session: number): boolean {
  return !upstream.some((other) => other.client === client && other.number > session)
}

/** Whether the engine knew of it when it sent something. */
function isKnown({ toldAt }: UpstreamRecord, sentAt: number): boolean {
  return toldAt !== undefined && toldAt < sentAt
}
