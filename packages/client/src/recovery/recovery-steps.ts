import { deadline } from '../base/abort.js'
import type { Clock } from '../base/clock.js'
import type { RecoveryStep } from '../base/events.js'

/** The steps that are requests of the engine's own. */
export type HandshakeStep = Exclude<RecoveryStep, 'replay'>

/**
 * The share of a recovery's time that one step may take. `initialize` may start the server's process, which is what
 * takes long; whoever answered that and is then silent has hung, and a request that waits shall hear so early.
 */
const shares: Readonly<Record<HandshakeStep, number>> = { initialize: 2 / 3, initialized: 1 / 3, restore: 1 / 3 }

/** Told when a step is over, and how long it took. */
export type StepListener = (step: HandshakeStep, durationMs: number) => void

/** The steps of one recovery: each has its own deadline, and all together end within the recovery's. */
export class RecoverySteps {
  readonly #clock: Clock
  readonly #limitMs: number
  readonly #onStep: StepListener
  readonly #startedAt: number

  constructor(clock: Clock, limitMs: number, onStep: StepListener) {
    this.#clock = clock
    this.#limitMs = limitMs
    this.#onStep = onStep
    this.#startedAt = clock.now()
  }

  /** What is left of the recovery's time, in milliseconds. */
  get leftMs(): number {
    return Math.max(0, this.#limitMs - (this.#clock.now() - this.#startedAt))
  }

  /** Runs a step. Its signal aborts when its time is up; `work` has to end then. */
  async run<T>(step: HandshakeStep, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const startedAt = this.#clock.now()
    const ms = Math.min(this.leftMs, Math.round(this.#limitMs * shares[step]))
    const timeout = deadline(this.#clock, ms, step)
    try {
      return await work(timeout.signal)
    } finally {
      timeout.cancel()
      this.#onStep(step, Math.round(this.#clock.now() - startedAt))
    }
  }
}
