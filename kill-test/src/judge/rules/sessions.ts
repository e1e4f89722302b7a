import type { Rule } from '../case-file.js'

/** A message for which nobody waits: it came twice, or after its end. */
const unexpected = /unknown message id|unknown token/i

/** Every session that a client was told about works at the end, or was deleted on purpose and stays so. */
export const sessions: Rule = function* ({ sessions: all }) {
  for (const { name, isTold, deletedAt, afterwards, complaints } of all) {
    if (isTold && afterwards.length === 0) yield `${name} was not looked at in the end`
    const isDeleted = deletedAt !== undefined
    const expected = isDeleted ? 404 : 200
    const wrong = afterwards.filter((status) => status !== expected)
    if (wrong.length > 0) {
      yield `${name} ${isDeleted ? 'was deleted' : 'was never deleted'}, and was answered ${wrong.join(', ')} in the end`
    }
    for (const complaint of complaints) if (unexpected.test(complaint)) yield `${name}: ${complaint}`
  }
}
