import { pause } from '../base/clock.js'
import { waitBeforeNextTry } from '../recovery/outage.js'
import type { CallUnderWay } from '../session/calls-under-way.js'
import type { VirtualSession } from '../session/virtual-session.js'
import { methodOf } from '../wire/json-rpc.js'
import type { Call } from './call.js'
import type { Seam } from './engine.js'
import { heldBack } from './held-back.js'

/** Why a request got no answer from the server. */
export interface Trouble {
  readonly cause: string
  /** How long the server asked to be left alone, in milliseconds. */
  readonly retryAfterMs?: number | undefined
}

/** The waiting of one request for a server that is away. All of it together stays within the outage budget. */
export class OutageWait {
  readonly #seam: Seam
  readonly #session: VirtualSession
  readonly #call: Call
  readonly #underWay: CallUnderWay
  #startedAt: number | undefined

  constructor(seam: Seam, session: VirtualSession, call: Call, underWay: CallUnderWay) {
    this.#seam = seam
    this.#session = session
    this.#call = call
    this.#underWay = underWay
  }

  /** The outage began then: nothing was heard since. */
  startAt(since: number): void {
    this.#startedAt = since
  }

  /** How much of the budget is left, in milliseconds. From the first time it is asked, time counts. */
  leftMs(): number {
    const now = this.#seam.clock.now()
    this.#startedAt ??= now
    return this.#seam.outageBudgetMs - (now - this.#startedAt)
  }

  /**
   * Waits until it is time for the next try, or until the client takes its request back. `exhausted`: the budget has no
   * room for another try. Rejects when the caller gives up.
   * @param tries how many have failed, from 1
   */
  async untilNextTry({ cause, retryAfterMs }: Trouble, tries: number): Promise<'again' | 'taken-back' | 'exhausted'> {
    const { clock, outageBudgetMs, random, emit } = this.#seam
    const now = clock.now()
    this.#startedAt ??= now
    const elapsedMs = now - this.#startedAt
    const waitMs = waitBeforeNextTry({ elapsedMs, budgetMs: outageBudgetMs, tries, retryAfterMs, random: random() })
    if (waitMs === undefined) return 'exhausted'
    const { fingerprint, epoch, health } = this.#session
    health.away = true
    health.lastError = cause
    const method = methodOf(this.#call.message())
    emit({ type: 'server-away', session: fingerprint, epoch, method, reason: cause, tries, waitMs })
    const timer = pause(clock, waitMs)
    const over = await heldBack(timer.over, this.#call.signal, this.#underWay).finally(timer.cancel)
    return over === undefined ? 'taken-back' : 'again'
  }
}
