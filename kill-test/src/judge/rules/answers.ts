import type { Rule } from '../case-file.js'

/** ms by which a client may notice late that a connection is gone on which it sends. */
const stale = 2_000

/** Everything ends, and only what a kill explains, or the end of the session, ends without its answer. */
export const answers: Rule = function* ({ operations, executionsOf, isEnding, wasKilled, hadKill }) {
  for (const { key, session, operation, outcome, startedAt, endedAt } of operations) {
    const name = `${key} (${operation})`
    if (outcome === undefined || endedAt === undefined) {
      yield `${name} never ended`
      continue
    }
    if (outcome.kind !== 'hung' && isEnding(session, endedAt)) continue
    switch (outcome.kind) {
      case 'ok':
        break
      case 'refused':
      case 'hung':
      case 'error':
        yield `${name} ${outcome.kind === 'hung' ? 'hung' : `was answered with an error (${outcome.kind})`}: ${outcome.text}`
        break
      case 'broken':
        if (!hadKill(startedAt - stale, endedAt)) yield `${name} was broken off, and nothing had been killed`
        break
      case 'outcome-unknown': {
        const [execution] = executionsOf(key)
        const isHonest = execution === undefined ? hadKill(startedAt, endedAt) : wasKilled(execution.instance, endedAt)
        if (!isHonest) yield `${name} was said to have an unknown outcome, and its process lived`
      }
    }
  }
}
