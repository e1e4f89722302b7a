import type { JsonRpcId, OutgoingMessage } from '../wire/json-rpc.js'
import { requestIds } from '../wire/json-rpc.js'

/** One POST on its way: from the moment the client handed it over until it is answered. */
export interface CallUnderWay {
  /** Reads the message; only when somebody asks, because most calls are answered and nobody does. */
  readonly message: () => OutgoingMessage
  /** The higher, the later the client made it. */
  readonly order: number
  /** The client took it back with `notifications/cancelled`: it must not be sent any more. */
  cancelled: boolean
  /** True while it is held back, so that the server does not know of it. */
  waiting: boolean
  /** How often it has waited for a sign-in. */
  signIns: number
  /** Its client has the head of its answer, so that it can't be handed a challenge any more. */
  hasBegun: boolean
  /** Ends its waiting, if it is waiting. */
  onCancelled?: () => void
}

/** More than can have begun to be answered at once. */
const maxTakenBack = 100

/** The calls of one session that are under way, so that a cancellation finds the one it means. */
export class CallsUnderWay {
  readonly #calls = new Set<CallUnderWay>()
  #takenBack: Set<JsonRpcId> | undefined
  #orders = 0

  get size(): number {
    return this.#calls.size
  }

  [Symbol.iterator](): Iterator<CallUnderWay> {
    return this.#calls.values()
  }

  add(message: () => OutgoingMessage): CallUnderWay {
    const order = this.nextOrder()
    const call: CallUnderWay = { message, order, cancelled: false, waiting: false, signIns: 0, hasBegun: false }
    this.#calls.add(call)
    return call
  }

  /** Its answer broke off: it is under way again. */
  resume(call: CallUnderWay): void {
    this.#calls.add(call)
  }

  /** A number that is higher than those of all calls so far, and lower than those of all to come. */
  nextOrder(): number {
    return ++this.#orders
  }

  delete(call: CallUnderWay): void {
    this.#calls.delete(call)
  }

  /**
   * Takes the request with this id back. Returns true when the server knows nothing of it, so that there is nothing to
   * tell the server.
   */
  cancel(requestId: JsonRpcId): boolean {
    for (const call of this.#calls) {
      if (!requestIds(call.message()).includes(requestId)) continue
      // A batch goes on for its other members: the server is told which one is not wanted any more.
      if (call.message().kind === 'batch') return false
      call.cancelled = true
      call.onCancelled?.()
      return call.waiting
    }
    this.#remember(requestId)
    return false
  }

  /** Whether the client took this request back when its answer had begun to come. */
  wasTakenBack(requestId: JsonRpcId): boolean {
    return this.#takenBack?.has(requestId) ?? false
  }

  #remember(requestId: JsonRpcId): void {
    this.#takenBack ??= new Set()
    this.#takenBack.add(requestId)
    const [oldest] = this.#takenBack
    if (this.#takenBack.size > maxTakenBack && oldest !== undefined) this.#takenBack.delete(oldest)
  }
}
