import type { Rule } from '../case-file.js'

/** Nothing is forgotten (P8): settings, and the standalone stream. */
export const memory: Rule = function* (file) {
  const { final, features, clients, events, requests, schedule, wire } = file
  for (const { index, fingerprint } of clients) {
    // The server did not take it for half a minute, and that was said; or it gave an id to two clients, so that what one
    // of them wanted reached the other's session.
    const isExcused = events.some(
      ({ event }) =>
        (event.type === 'restore-failed' && event.session === fingerprint) ||
        (event.type === 'session-lost' && event.rule === 'upstream-id-reused'),
    )
    if (!isExcused) yield* final.forgotten.filter((difference) => difference.startsWith(`client ${String(index)}:`))
  }
  if (!requests.some(file.isUnrecognisable)) yield* final.deaf
  if (!features.standalone || schedule.server.standalone !== 'offered') return
  const isEverStateless = schedule.incidents.some((incident) => incident.kind === 'redeploy' && incident.stateless)
  if (isEverStateless) return
  for (const { index, streamEnds } of clients) {
    // A client that signs in opens it itself, when it has to.
    const challenges = wire.filter(
      ({ client, method, ending }) => client === index && method === 'GET' && ending === 'challenged',
    ).length
    if (streamEnds > challenges)
      yield `client ${String(index)}: its standalone stream ended ${String(streamEnds)} times`
  }
}
