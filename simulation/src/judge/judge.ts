import type { History } from '../model/history.js'
import { caseFileOf, type Rule } from './case-file.js'
import { answers } from './rules/answers.js'
import { deadlines } from './rules/deadlines.js'
import { honesty } from './rules/honesty.js'
import { identity } from './rules/identity.js'
import { leftovers } from './rules/leftovers.js'
import { memory } from './rules/memory.js'
import { questions } from './rules/questions.js'
import { recoveries } from './rules/recoveries.js'
import { repetitions } from './rules/repetitions.js'
import { signIns } from './rules/sign-ins.js'
import { taking } from './rules/taken-back.js'

const rules: Readonly<Record<string, Rule>> = {
  answers,
  repetitions,
  questions,
  recoveries,
  deadlines,
  honesty,
  identity,
  signIns,
  takenBack: taking,
  memory,
  leftovers,
}

/** Everything in a history that breaks a promise, as sentences that begin with the rule's name. Pure. */
export function judge(history: History): string[] {
  const file = caseFileOf(history)
  return Object.entries(rules).flatMap(([name, rule]) => Array.from(rule(file), (fault) => `${name}: ${fault}`))
}
