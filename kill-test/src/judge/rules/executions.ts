import type { Rule } from '../case-file.js'

const tools = new Set(['bump', 'work', 'ask', 'announce', 'state'])

/** No tool runs twice for one call, and one that was answered ran once: the execution whose answer it is. */
export const executions: Rule = function* ({ operations, executionsOf }) {
  for (const { key, operation, outcome } of operations) {
    if (!tools.has(operation)) continue
    const found = executionsOf(key)
    if (found.length > 1) {
      yield `${key} (${operation}) was executed ${found.length} times, by ${found.map(({ instance }) => instance).join(' and ')}`
    }
    if (outcome?.kind !== 'ok') continue
    if (found.length === 0) yield `${key} (${operation}) was answered, and never executed`
    else if (!found.some(({ proof }) => proof !== undefined && outcome.text.startsWith(proof))) {
      yield `${key} (${operation}) got the answer of something else`
    }
  }
}
