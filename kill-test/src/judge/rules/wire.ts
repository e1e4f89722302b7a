import type { Rule } from '../case-file.js'

/** Statuses that a client may see, by what it asked for. */
const expected: Readonly<Record<string, readonly number[]>> = {
  POST: [200, 202],
  // 405: the stream of a call that has ended, and all of it was sent.
  GET: [200, 405],
  DELETE: [200],
}

/** What a session answers that is being deleted: its events are gone, or all of it is. */
const endings = new Set([400, 404])

/** No request is refused that has a session: not with 404, and not with anything else. */
export const wire: Rule = function* ({ wire: requests, isEnding }) {
  for (const { session, method, what, status, isNotSent, answeredAt } of requests) {
    if (status === undefined || answeredAt === undefined || isNotSent) continue
    const isExpected = expected[method]?.includes(status) === true && !(status === 405 && what === 'standalone stream')
    // The answer to a first DELETE may have been lost; and streams come back until their client is closed.
    const isEndOfSession = isEnding(session, answeredAt) && endings.has(status)
    if (!isExpected && !isEndOfSession) yield `${session}: ${method} (${what}) was answered ${status}`
  }
}
