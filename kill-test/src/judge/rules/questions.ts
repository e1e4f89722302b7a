import type { CaseFile, Rule } from '../case-file.js'
import type { OperationRecord } from '../history.js'

/** ms in which an answer that was confirmed reaches the tool that waits for it, in whichever process. */
const onItsWay = 5_000

/**
 * A tool that asks is told what its client said to it, once; and it asks once. What was confirmed to the client reaches the
 * tool, unless its process is killed, or its call ends before.
 */
export const questions: Rule = function* (file) {
  const surplus = new Set(file.evidence.filter(({ what }) => what === 'surplus answer').map(({ answer }) => answer))
  for (const operation of file.operations) {
    if (operation.operation === 'ask') yield* judged(operation, surplus, file)
  }
}

function* judged(
  { key, session, outcome, endedAt = Infinity }: OperationRecord,
  surplus: ReadonlySet<string | undefined>,
  file: CaseFile,
): Iterable<string> {
  const asked = file.questionsOf(key)
  const told = file.evidenceOf(key)
  const heard = told.filter(({ what }) => what === 'heard')
  const [gaveUp] = told.filter(({ what }) => what === 'gave up')

  for (const { proof } of file.executionsOf(key)) {
    const times = asked.filter((question) => question.proof === proof).length
    if (times > 1) yield `${key}: its client was asked ${times} times by one execution`
  }
  if (heard.length > 1) yield `${key}: its tool heard ${heard.length} answers`
  for (const { answer, proof } of heard) {
    if (!asked.some((question) => question.answer === answer && question.proof === proof)) {
      yield `${key}: its tool heard "${String(answer)}", which was not the answer`
    }
    if (surplus.has(answer)) yield `${key}: the answer came again after its tool had heard it`
  }
  if (outcome?.kind === 'ok') {
    const said = outcome.text.slice(outcome.text.indexOf(' ') + 1)
    const expected = heard[0]?.answer ?? ''
    if (said !== expected) yield `${key}: its tool heard "${expected}", and its client was told "${said}"`
  }
  if (gaveUp !== undefined && asked.length === 0 && !file.isEnding(session, gaveUp.at)) {
    yield `${key}: its tool gave up, and its client was never asked`
  }
  const dueAt = file.confirmedAt(key) + onItsWay
  const isNobodyThere =
    file.executionsOf(key).every(({ instance }) => file.wasKilled(instance, dueAt)) ||
    Math.min(gaveUp?.at ?? Infinity, endedAt) <= dueAt ||
    file.isEnding(session, dueAt)
  if (heard.length === 0 && !isNobodyThere) yield `${key}: its answer was confirmed, and never reached its tool`
}
