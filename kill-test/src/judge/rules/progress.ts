import type { Rule } from '../case-file.js'

/** A call's stream loses nothing and repeats nothing: the steps that come are 1, 2, 3 …, and all of them when its answer came. */
export const progress: Rule = function* ({ operations }) {
  for (const { key, operation, progress: steps, outcome, count } of operations) {
    if (operation !== 'work') continue
    const told = `told its steps as ${steps.join(', ') || 'none'}`
    if (steps.some((step, index) => step !== index + 1)) yield `${key} was ${told}`
    else if (outcome?.kind === 'ok' && steps.length !== count) {
      yield `${key} was answered, and ${told} of ${String(count)}`
    }
  }
}
