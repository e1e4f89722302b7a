import type { WireRecord } from '../../model/history.js'
import type { Rule } from '../case-file.js'

/** A request that is refused more often than this gets its challenge, whoever signs in beside it. */
const maxSignIns = 2

/** A challenge is for one: everybody who sees it signs in (P7). What is sent later carries the newest token. */
export const signIns: Rule = function* (file) {
  const { authorizationTimeout } = file.schedule.options
  for (const { index: client, secondSignIns } of file.clients) {
    const challenged = file.wire.filter((record) => record.client === client && record.status === 401)
    // A 401 that may mean a loss, and then means it again, goes to whoever gets it; and this client does not sign in for
    // a notification or a response, so that those beside it wait in vain.
    const isExcused = challenged.some(
      ({ ending, what }) => ending === 'lost' || what === 'response' || what.startsWith('notifications/'),
    )
    // The one who was handed the challenge, its own or that of a recovery, gave up, and its sign-in with it; or has had
    // its one sign-in.
    const isLeft = file.requests.some(
      ({ client: whose, startedAt, settledAt = Infinity, outcome }) =>
        whose === client &&
        (outcome?.kind === 'aborted' || outcome?.kind === 'cancelled' || outcome?.kind === 'http') &&
        challenged.some(({ endedAt = 0 }) => endedAt >= startedAt && endedAt <= settledAt),
    )
    const isTired = challenged.some((one) => challenged.filter((other) => isSameFetch(one, other)).length > maxSignIns)
    const tooSoon = isExcused || isLeft || isTired ? [] : secondSignIns.filter((ms) => ms < authorizationTimeout)
    if (tooSoon.length > 0)
      yield `client ${String(client)} had to sign in while it was at it, for ${tooSoon.join(', ')} ms`
    const seen = file.requests
      .filter((request) => request.client === client)
      .reduce((sum, { challenges }) => sum + challenges, 0)
    if (seen > challenged.length) {
      yield `client ${String(client)} saw ${String(seen)} challenges, and the server made ${String(challenged.length)}`
    }
  }
  for (const { index, what, token, newestToken } of file.wire) {
    if (token < newestToken) yield `#${String(index)} ${what} was sent with an old token`
  }
}

function isSameFetch(one: WireRecord, other: WireRecord): boolean {
  return one.key === other.key && one.fetchNumber === other.fetchNumber
}
