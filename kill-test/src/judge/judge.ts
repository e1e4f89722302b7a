import { caseFileOf, type Rule } from './case-file.js'
import type { History } from './history.js'
import { announcements } from './rules/announcements.js'
import { answers } from './rules/answers.js'
import { deletions } from './rules/deletions.js'
import { executions } from './rules/executions.js'
import { memory } from './rules/memory.js'
import { progress } from './rules/progress.js'
import { questions } from './rules/questions.js'
import { sessions } from './rules/sessions.js'
import { wire } from './rules/wire.js'

const rules: readonly Rule[] = [
  executions,
  answers,
  questions,
  progress,
  announcements,
  memory,
  sessions,
  deletions,
  wire,
]

/** @returns a sentence for each broken promise, and for each trouble of the run itself */
export function judge(history: History): readonly string[] {
  const file = caseFileOf(history)
  return [...history.troubles, ...rules.flatMap((rule) => [...rule(file)])]
}
