import type { Rule } from '../case-file.js'

/** ms in which every answer and every stream ends, wherever it is, after its session was deleted. */
export const streamsEnd = 15_000

/** What is deleted is over: no call begins in it any more, and what is left of it ends. */
export const deletions: Rule = function* ({ sessions, operationsOf, executionsOf, wire }) {
  for (const { name, deletedAt } of sessions) {
    if (deletedAt === undefined) continue
    for (const { key, operation, startedAt } of operationsOf(name)) {
      if (startedAt < deletedAt) continue
      for (const { instance } of executionsOf(key)) {
        yield `${key} (${operation}) began after ${name} was deleted, and was executed by ${instance}`
      }
    }
  }
  const deletedAtOf = new Map(sessions.map(({ name, deletedAt }) => [name, deletedAt]))
  for (const { session, method, what, status, startedAt, endedAt = Infinity } of wire) {
    const deletedAt = deletedAtOf.get(session)
    if (deletedAt === undefined || method === 'DELETE' || (status !== undefined && status !== 200)) continue
    if (endedAt > Math.max(startedAt, deletedAt) + streamsEnd) {
      yield `${session}: ${method} (${what}) was still open ${streamsEnd / 1000} s after its session was deleted`
    }
  }
}
