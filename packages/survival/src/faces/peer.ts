import { at } from '../wire/json.js'
import type { JsonObject } from '../wire/json.js'
import { failure, isRequest, isResponse, notification, request, result } from '../wire/json-rpc.js'
import type { Message } from '../wire/json-rpc.js'
import type { ConnectOptions, ToolCallOptions } from './face.js'
import { RpcError } from './outcome.js'
import { clientCapabilities } from './sdk-options.js'
import type { Sightings } from './sightings.js'

/** The client's half of JSON-RPC, for the faces without an SDK: ids, open calls, questions of the server. */
export class Peer {
  readonly #open = new Map<unknown, { resolve(value: unknown): void; reject(error: unknown): void }>()
  readonly #options: ConnectOptions
  readonly #sightings: Sightings
  readonly #questions = new Map<unknown, AbortController>()
  readonly #progress = new Map<unknown, (progress: number) => void>()
  #lastId = 0

  constructor(options: ConnectOptions, sightings: Sightings) {
    this.#options = options
    this.#sightings = sightings
  }

  /** Makes a request; its answer is to be given to {@link receive}. */
  open(method: string, params?: JsonObject): { readonly message: Message; readonly answer: Promise<unknown> } {
    const id = ++this.#lastId
    const answer = new Promise<unknown>((resolve, reject) => this.#open.set(id, { resolve, reject }))
    // Whoever made the call awaits it; a call given up meanwhile must not become an unhandled rejection.
    answer.catch(() => undefined)
    return { message: request(id, method, params), answer }
  }

  /** Makes a tool call; with a progress token where its progress is asked for. */
  openToolCall(name: string, args: JsonObject, onProgress: ToolCallOptions['onProgress']) {
    if (!onProgress) return this.open('tools/call', { name, arguments: args })
    const progressToken = `progress-${String(this.#lastId + 1)}`
    this.#progress.set(progressToken, onProgress)
    return this.open('tools/call', { name, arguments: args, _meta: { progressToken } })
  }

  initialize(): { readonly message: Message; readonly answer: Promise<unknown> } {
    return this.open('initialize', {
      protocolVersion: '2025-11-25',
      capabilities: clientCapabilities,
      clientInfo: { name: this.#options.clientName ?? 'survivor', version: '1.0.0' },
    })
  }

  /** Takes a message of the server. Returns the response to send if it was a question. */
  async receive(message: Message): Promise<Message | undefined> {
    if (isResponse(message)) {
      const open = this.#open.get(message.id)
      if (!open) {
        if (message.error === undefined) this.#sightings.sawTrouble('wrong', 'an answer to a request nobody made')
        return undefined
      }
      this.#open.delete(message.id)
      if (message.error === undefined) open.resolve(message.result)
      else open.reject(RpcError.from(message))
      return undefined
    }
    if (!isRequest(message)) {
      this.#notified(message)
      return undefined
    }
    if (message.method === 'ping') return result(message.id, {})
    const handler = this.#options.handlers?.[String(message.method)]
    if (!handler) return failure(message.id, -32601, 'Method not found')
    const withdrawn = new AbortController()
    this.#questions.set(message.id, withdrawn)
    // Answered all the same if it was withdrawn: the withdrawal may cross the answer on the way.
    return result(message.id, await handler(message.params, withdrawn.signal))
  }

  #notified(message: Message): void {
    const { method, params } = message
    if (method === 'notifications/cancelled') this.#questions.get(at(params, 'requestId'))?.abort()
    const progress = at(params, 'progress')
    if (method === 'notifications/progress' && typeof progress === 'number') {
      this.#progress.get(at(params, 'progressToken'))?.(progress)
    }
    this.#sightings.sawNotification(message)
  }

  /** Gives one open call up, and makes the notification that says so. */
  cancel(id: unknown, reason: string): Message | undefined {
    const open = this.#open.get(id)
    if (!open) return undefined
    this.#forget(id)
    open.reject(new Error(reason))
    return notification('notifications/cancelled', { requestId: id, reason })
  }

  /** Ends an open call with an error; a call that has its answer stays as it is. */
  fail(id: unknown, error: unknown): void {
    const open = this.#open.get(id)
    if (!open) return
    this.#forget(id)
    open.reject(error)
  }

  failAll(error: Error): void {
    for (const id of [...this.#open.keys()]) this.fail(id, error)
  }

  /** A late answer to it is no trouble: it was asked for. */
  #forget(id: unknown): void {
    this.#open.set(id, { resolve: () => undefined, reject: () => undefined })
  }
}
