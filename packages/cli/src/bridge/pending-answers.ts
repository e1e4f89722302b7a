import type { Log } from '../log/log.js'
import { printable } from '../log/printable.js'
import type { LargeAnswer } from './large/large-answer.js'
import type { LineWriter } from './line-writer.js'
import { elementTexts, memberText } from './member-text.js'
import { idKey, isObject, isRpc, type JsonObject, oneLine, otherIdKey, parseJson, type RpcRequest } from './message.js'
import type { OpenRequests, RequestOwner } from './open-requests.js'

/** Called with the answer to a request before the host sees it. */
export type AnswerObserver = (request: RpcRequest, answer: JsonObject) => void

/** How the host sees a message: on the id that the request bears where it is another, or not at all. */
interface Taken {
  readonly as: 'it is' | 'nothing' | RpcRequest
  /** Whose request it answers: to be told when it is written. */
  readonly owner?: RequestOwner
}

const asItIs: Taken = { as: 'it is' }

export interface PendingAnswersOptions {
  readonly writer: LineWriter
  readonly open: OpenRequests
  readonly log: Log
  readonly observe?: AnswerObserver | undefined
}

/** The requests of one POST that still wait for their answer. Every one gets exactly one, ours at the worst. */
export class PendingAnswers implements RequestOwner {
  readonly #options: PendingAnswersOptions
  readonly #pending = new Map<string, RpcRequest>()
  /** Called when nothing is owed any more. */
  onSettled: (() => void) | undefined

  constructor(requests: readonly RpcRequest[], options: PendingAnswersOptions) {
    this.#options = options
    for (const request of requests) {
      this.#pending.set(request.key, request)
      options.open.add(request.key, this)
    }
  }

  /** True when nothing is owed any more. */
  get isSettled(): boolean {
    return this.#pending.size === 0
  }

  get open(): readonly RpcRequest[] {
    return [...this.#pending.values()]
  }

  /**
   * Writes a message of the server; of answers only those that somebody waits for. False when it is no message, and was
   * dropped.
   * @param value what the text means, where somebody has parsed it
   */
  async deliver(text: string, value: unknown = parseJson(text)): Promise<boolean> {
    if (!isRpc(value)) return false
    if (Array.isArray(value)) {
      await this.#deliverBatch(oneLine(text), value)
      return true
    }
    const { as, owner } = this.#take(value)
    if (as !== 'nothing') {
      const line = oneLine(text)
      await this.#options.writer.write(as === 'it is' ? line : withId(as, value, line))
    }
    owner?.written()
    return true
  }

  async #deliverBatch(text: string, members: readonly unknown[]): Promise<void> {
    // Texts and not values: JSON.stringify loses big numbers, and throws where a value is nested too deeply.
    const texts = elementTexts(text)
    const owners = new Set<RequestOwner>()
    const kept = members.flatMap((member, index) => {
      const { as, owner } = this.#take(member)
      if (owner) owners.add(owner)
      const own = texts[index]
      if (as === 'nothing' || own === undefined) return []
      return [as === 'it is' ? own : withId(as, member, own)]
    })
    // Only a batch that lost or changed a member is put together anew: any other keeps its text.
    const isWhole = kept.length === texts.length && kept.every((each, index) => each === texts[index])
    if (kept.length > 0) await this.#options.writer.write(isWhole ? text : `[${kept.join(',')}]`)
    for (const owner of owners) owner.written()
  }

  /** As {@link deliver}, for a message on disk. */
  async deliverLarge(answer: LargeAnswer): Promise<void> {
    const { as, owner } = this.#take(answer.head)
    if (as !== 'nothing') {
      await this.#options.writer.writePieces(as === 'it is' ? answer.pieces() : answer.piecesWithId(as.idText))
    }
    owner?.written()
  }

  /** Answers whatever is open with lines of our own. */
  async fail(lineFor: (request: RpcRequest) => string): Promise<void> {
    for (const request of this.open) {
      // The answer may have come on another stream while the line before was written.
      if (!this.#remove(request.key)) continue
      if (request.ours) this.#options.log.detail(`${request.method} failed: ${printable(lineFor(request))}`)
      else await this.#options.writer.write(lineFor(request))
    }
    this.written()
  }

  /** The host no longer waits for this one. */
  forget(key: string): void {
    this.#remove(key)
    this.written()
  }

  take(key: string, answer: JsonObject): RpcRequest | undefined {
    const request = this.#remove(key)
    if (request) this.#options.observe?.(request, answer)
    return request
  }

  written(): void {
    if (!this.isSettled) return
    const { onSettled } = this
    this.onSettled = undefined
    onSettled?.()
  }

  /** Decides whether the host may see a message. An answer is taken from the request that waits for it. */
  #take(member: unknown): Taken {
    if (!isObject(member) || 'method' in member) return asItIs
    const key = idKey(member.id)
    // An error for nobody in particular.
    if (key === undefined) return asItIs
    const exact = this.#answer(key, member)
    if (exact) return exact.request.ours ? { as: 'nothing', owner: exact.owner } : { as: 'it is', owner: exact.owner }
    const otherKey = otherIdKey(member.id)
    const other = otherKey === undefined ? undefined : this.#answer(otherKey, member)
    if (other) return { as: other.request, owner: other.owner }
    this.#options.log.detail(`an answer that nobody waits for was dropped: #${printable(key, 40)}`)
    return { as: 'nothing' }
  }

  #answer(key: string, answer: JsonObject): { readonly request: RpcRequest; readonly owner: RequestOwner } | undefined {
    const owner = this.#pending.has(key) ? this : this.#options.open.owner(key)
    const request = owner?.take(key, answer)
    return owner && request && { request, owner }
  }

  #remove(key: string): RpcRequest | undefined {
    const request = this.#pending.get(key)
    this.#pending.delete(key)
    this.#options.open.remove(key, this)
    return request
  }
}

/** The answer on the id as the host wrote it: it would not know its own in another form. */
function withId({ idText }: RpcRequest, answer: unknown, text: string): string {
  const name = isObject(answer) && 'result' in answer ? 'result' : 'error'
  return `{"jsonrpc":"2.0","id":${idText},"${name}":${memberText(text, name) ?? 'null'}}`
}
