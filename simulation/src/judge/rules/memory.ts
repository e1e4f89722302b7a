import type { Rule } from '../case-file.js'

/** Nothing is forgotten (P8): settings, and the standalone stream. */
export const memory: Rule = function* ({ final, features, clients, schedule }) {
  for (const difference of final.forgotten) yield difference
  for (const what of final.deaf) yield what
  if (!features.standalone || schedule.server.standalone !== 'offered') return
  const isEverStateless = schedule.incidents.some((incident) => incident.kind === 'redeploy' && incident.stateless)
  if (isEverStateless) return
  for (const { index, streamEnds } of clients) {
    if (streamEnds > 0) yield `client ${String(index)}: its standalone stream ended ${String(streamEnds)} times`
  }
}
