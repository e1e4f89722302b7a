import type { LineWriter } from './line-writer.js'
import { idKey, isObject, isRpc, type JsonObject, oneLine, parseJson, type RpcRequest } from './message.js'

/** Called with the answer to a request before the host sees it. */
export type AnswerObserver = (request: RpcRequest, answer: JsonObject) => void

/** The requests of one POST that still wait for their answer. Every one gets exactly one, ours at the worst. */
export class PendingAnswers {
  readonly #writer: LineWriter
  readonly #observe: AnswerObserver | undefined
  readonly #pending: Map<string, RpcRequest>
  #settle!: () => void
  /** Resolves when nothing is owed any more. */
  readonly settled = new Promise<void>((resolve) => {
    this.#settle = resolve
  })

  constructor(requests: readonly RpcRequest[], writer: LineWriter, observe?: AnswerObserver) {
    this.#writer = writer
    this.#observe = observe
    this.#pending = new Map(requests.map((request) => [request.key, request]))
    this.#check()
  }

  get open(): readonly RpcRequest[] {
    return [...this.#pending.values()]
  }

  /** Writes a message of the server. False when it is none, and was dropped. */
  async deliver(text: string): Promise<boolean> {
    const value = parseJson(text)
    if (!isRpc(value)) return false
    const answered = (Array.isArray(value) ? value : [value]).flatMap((member) => this.#answeredBy(member))
    for (const key of answered) this.#pending.delete(key)
    await this.#writer.write(oneLine(text))
    this.#check()
    return true
  }

  /** Answers whatever is open with lines of our own. */
  async fail(lineFor: (request: RpcRequest) => string): Promise<void> {
    for (const request of this.open) {
      this.#pending.delete(request.key)
      await this.#writer.write(lineFor(request))
    }
    this.#check()
  }

  /** The host no longer waits for this one. */
  forget(key: string): void {
    this.#pending.delete(key)
    this.#check()
  }

  #answeredBy(member: unknown): string[] {
    if (!isObject(member) || 'method' in member) return []
    const key = idKey(member.id)
    const request = key === undefined ? undefined : this.#pending.get(key)
    if (!request) return []
    this.#observe?.(request, member)
    return [request.key]
  }

  #check(): void {
    if (this.#pending.size === 0) this.#settle()
  }
}
