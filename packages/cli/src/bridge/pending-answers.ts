import type { Log } from '../log/log.js'
import { printable } from '../log/printable.js'
import type { LargeAnswer } from './large/large-answer.js'
import type { LineWriter } from './line-writer.js'
import { elementTexts, memberText } from './member-text.js'
import { idKey, isObject, isRpc, type JsonObject, oneLine, otherIdKey, parseJson, type RpcRequest } from './message.js'
import type { OpenRequests, RequestOwner } from './open-requests.js'

/** Called with the answer to a request before the host sees it. */
export type AnswerObserver = (request: RpcRequest, answer: JsonObject) => void

export interface PendingAnswersOptions {
  readonly writer: LineWriter
  readonly open: OpenRequests
  readonly log: Log
  readonly observe?: AnswerObserver
}

/** The requests of one POST that still wait for their answer. Every one gets exactly one, ours at the worst. */
export class PendingAnswers implements RequestOwner {
  readonly #options: PendingAnswersOptions
  readonly #pending: Map<string, RpcRequest>
  #settle!: () => void
  /** Resolves when nothing is owed any more. */
  readonly settled = new Promise<void>((resolve) => {
    this.#settle = resolve
  })

  constructor(requests: readonly RpcRequest[], options: PendingAnswersOptions) {
    this.#options = options
    this.#pending = new Map(requests.map((request) => [request.key, request]))
    for (const { key } of requests) options.open.add(key, this)
    this.written()
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
    const { writer } = this.#options
    const owners = new Set<RequestOwner>()
    if (Array.isArray(value)) {
      // Texts and not values: JSON.stringify loses big numbers, and throws where a value is nested too deeply.
      const texts = elementTexts(oneLine(text))
      const kept = (value as unknown[]).flatMap((member, index) => {
        const accepted = this.#accept(member, owners)
        const own = texts[index]
        if (accepted === undefined || own === undefined) return []
        return [accepted === 'as it is' ? own : withId(accepted, member, own)]
      })
      // Only a batch that lost or changed a member is put together anew: any other keeps its text.
      const whole = kept.length === texts.length && kept.every((each, index) => each === texts[index])
      if (kept.length > 0) await writer.write(whole ? oneLine(text) : `[${kept.join(',')}]`)
    } else {
      const accepted = this.#accept(value, owners)
      if (accepted) await writer.write(accepted === 'as it is' ? oneLine(text) : withId(accepted, value, oneLine(text)))
    }
    for (const owner of owners) owner.written()
    return true
  }

  /** As {@link deliver}, for a message on disk. */
  async deliverLarge(answer: LargeAnswer): Promise<void> {
    const owners = new Set<RequestOwner>()
    const accepted = this.#accept(answer.head, owners)
    if (accepted) {
      const pieces = accepted === 'as it is' ? answer.pieces() : answer.piecesWithId(accepted.idText)
      await this.#options.writer.writePieces(pieces)
    }
    for (const owner of owners) owner.written()
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
    if (this.#pending.size === 0) this.#settle()
  }

  /** Whether the host may see a message; the request when it is the answer to one, but bears the id in another form. */
  #accept(member: unknown, owners: Set<RequestOwner>): 'as it is' | RpcRequest | undefined {
    if (!isObject(member) || 'method' in member) return 'as it is'
    const key = idKey(member.id)
    // An error for nobody in particular.
    if (key === undefined) return 'as it is'
    const exact = this.#take(key, member, owners)
    if (exact) return exact.ours ? undefined : 'as it is'
    const other = otherIdKey(member.id)
    const request = other === undefined ? undefined : this.#take(other, member, owners)
    if (request) return request
    this.#options.log.detail(`an answer that nobody waits for was dropped: #${printable(key, 40)}`)
    return undefined
  }

  #take(key: string, answer: JsonObject, owners: Set<RequestOwner>): RpcRequest | undefined {
    const owner = this.#pending.has(key) ? this : this.#options.open.owner(key)
    const request = owner?.take(key, answer)
    if (owner && request) owners.add(owner)
    return request
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
