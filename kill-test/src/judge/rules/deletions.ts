import { isAwaited, type Rule } from '../case-file.js'

/** ms in which every answer and stream ends, wherever it is, after its session was deleted: less than the 5 s of its own look. */
const toldEnd = 4_000
/** The same where a server was killed meanwhile: nobody may have told the other ones. What they begin ends by itself. */
export const untoldEnd = 15_000
/** ms that a process may go on after its kill was written down. */
const dying = 1_000

/** What is deleted is over: no call begins in it any more, and what is left of it ends. */
export const deletions: Rule = function* ({ sessions, operationsOf, executionsOf, hadKill, wire }) {
  const ends = new Map<string, { readonly deletedAt: number; readonly limit: number }>()
  for (const { name, endingAt, deletedAt } of sessions) {
    if (endingAt === undefined || deletedAt === undefined) continue
    ends.set(name, { deletedAt, limit: hadKill(endingAt - dying, deletedAt) ? untoldEnd : toldEnd })
    for (const { key, operation, startedAt } of operationsOf(name)) {
      if (startedAt < deletedAt) continue
      for (const { instance } of executionsOf(key)) {
        yield `${key} (${operation}) began after ${name} was deleted, and was executed by ${instance}`
      }
    }
  }
  for (const request of wire) {
    const { session, method, what, startedAt, endedAt = Infinity } = request
    const end = ends.get(session)
    if (end === undefined || !isAwaited(request)) continue
    if (endedAt > Math.max(startedAt, end.deletedAt) + end.limit) {
      yield `${session}: ${method} (${what}) was still open ${end.limit / 1000} s after its session was deleted`
    }
  }
}
