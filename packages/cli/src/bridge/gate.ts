import { maxRequestsInFlight, maxWaitingBytes, maxWaitingMessages } from './limits.js'

/** A message on its way to the server. */
export interface Work {
  /**
   * - `barrier` (initialize, initialized): everything after it waits until it is done;
   * - `request`: runs beside others, up to the limit;
   * - `passing` (notifications, answers to the server): overtakes requests that wait for a place, because a request
   *   in flight may be waiting for just this;
   * - `aside`: has nothing to do with the server, and waits for nothing.
   */
  readonly kind: 'barrier' | 'request' | 'passing' | 'aside'
  /** The request's id, when it can be withdrawn. */
  readonly key?: string
  /** Size of the message. */
  readonly bytes: number
  /** Sends it. Resolves when it no longer takes a place; never rejects. */
  run(): Promise<void>
}

/** Decides what is sent when: in the host's order, requests in parallel, nothing past a barrier. */
export class Gate {
  readonly #onRoom: () => void
  readonly #limit: number
  #waiting: Work[] = []
  #waitingBytes = 0
  #requests = 0
  #barrier = false
  #running = 0
  #idlers: (() => void)[] = []
  #wasFull = false

  /** `onRoom` is called when the gate is no longer full. */
  constructor(onRoom: () => void, limit: number = maxRequestsInFlight) {
    this.#onRoom = onRoom
    this.#limit = limit
  }

  /** True when the host's messages should no longer be read. */
  get full(): boolean {
    return (
      this.#waiting.length > maxWaitingMessages ||
      this.#waitingBytes > maxWaitingBytes ||
      this.#running - this.#requests > maxWaitingMessages
    )
  }

  submit(work: Work): void {
    if (work.kind === 'aside') {
      this.#start(work)
      this.#wasFull ||= this.full
      return
    }
    this.#waiting.push(work)
    this.#waitingBytes += work.bytes
    this.#advance()
    this.#wasFull ||= this.full
  }

  /** Withdraws a message that was not sent yet. */
  withdraw(key: string): boolean {
    const index = this.#waiting.findIndex((work) => work.key === key)
    if (index === -1) return false
    this.#remove(index)
    return true
  }

  /** Resolves when nothing runs and nothing waits. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#idlers.push(resolve)
      this.#advance()
    })
  }

  #advance(): void {
    let index = 0
    while (!this.#barrier && index < this.#waiting.length) {
      const work = this.#waiting[index]
      if (!work || (work.kind === 'barrier' && index > 0)) break
      if (work.kind === 'request' && this.#requests >= this.#limit) {
        index++
        continue
      }
      this.#remove(index)
      this.#start(work)
    }
    if (this.#wasFull && !this.full) {
      this.#wasFull = false
      this.#onRoom()
    }
    if (this.#running === 0 && this.#waiting.length === 0) for (const resolve of this.#idlers.splice(0)) resolve()
  }

  #start(work: Work): void {
    this.#running++
    if (work.kind === 'barrier') this.#barrier = true
    if (work.kind === 'request') this.#requests++
    void work.run().then(() => {
      this.#running--
      if (work.kind === 'barrier') this.#barrier = false
      if (work.kind === 'request') this.#requests--
      this.#advance()
    })
  }

  #remove(index: number): void {
    const [work] = this.#waiting.splice(index, 1)
    this.#waitingBytes -= work?.bytes ?? 0
  }
}
