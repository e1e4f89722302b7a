import { toOutcome } from '../faces/outcome.js'
import type { Outcome } from '../faces/outcome.js'
import type { CallEvidence, Expectation } from '../judge/evidence.js'

/** Something a scenario asked of a client: settles always, at the latest when the scenario's time is over. */
export class Call {
  readonly label: string
  readonly settled: Promise<Outcome>
  /** The right answer, where it is known in advance. */
  readonly rightAnswer: unknown
  outcome: Outcome | undefined
  expectation: Expectation

  constructor(label: string, work: Promise<unknown>, over: AbortSignal, rightAnswer?: unknown) {
    this.label = label
    this.rightAnswer = rightAnswer
    this.expectation = { kind: 'answer', value: rightAnswer }
    this.settled = settle(work, over).then((outcome) => (this.outcome = outcome))
  }

  get evidence(): CallEvidence {
    return { label: this.label, outcome: this.outcome, expectation: this.expectation }
  }
}

async function settle(work: Promise<unknown>, over: AbortSignal): Promise<Outcome> {
  return new Promise((resolve) => {
    const hang = (): void => {
      resolve({ kind: 'hang' })
    }
    if (over.aborted) hang()
    over.addEventListener('abort', hang)
    work
      .then(
        (value): Outcome => ({ kind: 'answer', value }),
        (error: unknown) => toOutcome(error),
      )
      .then(resolve, hang)
      .finally(() => {
        over.removeEventListener('abort', hang)
      })
  })
}
