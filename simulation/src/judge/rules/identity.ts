import type { Rule } from '../case-file.js'

/** The client knows one session id, and what belongs to one session stays in it. */
export const identity: Rule = function* (file) {
  for (const { index, foreignIds } of file.clients) {
    if (foreignIds.length > 0) {
      yield `client ${String(index)} saw ${String(foreignIds.length)} session ids that are not its own`
    }
  }
  for (const { index, what, mistakes } of file.wire) {
    for (const mistake of mistakes) yield `#${String(index)} ${what}: ${mistake}`
  }
}
