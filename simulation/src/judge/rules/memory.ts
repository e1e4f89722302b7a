import type { Rule } from '../case-file.js'

/** Nothing is forgotten (P8): settings, and the standalone stream. */
export const memory: Rule = function* ({ final, features, clients, events, schedule, wire }) {
  for (const { index, fingerprint } of clients) {
    // The server did not take it for half a minute, and that was said.
    const isTold = events.some(({ event }) => event.type === 'restore-failed' && event.session === fingerprint)
    if (!isTold) yield* final.forgotten.filter((difference) => difference.startsWith(`client ${String(index)}:`))
  }
  for (const what of final.deaf) yield what
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
