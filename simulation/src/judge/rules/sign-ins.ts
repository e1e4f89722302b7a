import type { Rule } from '../case-file.js'

/** A challenge is for one: everybody who sees it signs in (P7). What is sent later carries the newest token. */
export const signIns: Rule = function* (file) {
  for (const { index: client } of file.clients) {
    const seen = file.requests
      .filter((request) => request.client === client)
      .reduce((sum, { challenges }) => sum + challenges, 0)
    const challenged = file.wire.filter((record) => record.client === client && record.status === 401)
    if (seen > challenged.length) {
      yield `client ${String(client)} saw ${String(seen)} challenges, and the server made ${String(challenged.length)}`
    }
  }
  for (const { index, what, token, newestToken } of file.wire) {
    if (token < newestToken) yield `#${String(index)} ${what} was sent with an old token`
  }
}
