import { levels, subscribed } from './call-work.js'
import type { CallPlan } from '../schedule/schedule.js'
import type { ModelClient } from './client.js'
import type { Outcome, RequestRecord } from './history.js'
import { readStream } from './client-stream.js'

/** As long as the SDKs wait for an answer. */
export const requestTimeoutMs = 60_000

const calledBy: Readonly<Record<CallPlan['kind'], string>> = {
  unhinted: 'tools/call',
  'read-only': 'tools/call',
  idempotent: 'tools/call',
  list: 'tools/list',
  ping: 'ping',
  setLevel: 'logging/setLevel',
  subscribe: 'resources/subscribe',
  unsubscribe: 'resources/unsubscribe',
  notification: 'notifications/progress',
}

/** Makes a request of a client. Resolves when it has its one outcome; its HTTP exchange may go on after that. */
export function request(client: ModelClient, key: string, plan: CallPlan): Promise<RequestRecord> {
  const isRequest = plan.kind !== 'notification'
  const record = client.newRequest(key, plan, isRequest)
  return new Promise((resolve) => {
    const underWay = new RequestUnderWay(client, record, plan, () => {
      resolve(record)
    })
    client.track(underWay.run())
  })
}

/** One request and all that can become of it. */
export class RequestUnderWay {
  readonly client: ModelClient
  readonly record: RequestRecord
  readonly id: number
  readonly #plan: CallPlan
  /** For a request with an end of its own. */
  readonly #own: AbortController | undefined
  readonly #onSettled: () => void
  #cancelTimers: () => void = () => undefined

  constructor(client: ModelClient, record: RequestRecord, plan: CallPlan, onSettled: () => void) {
    this.#onSettled = onSettled
    this.client = client
    this.record = record
    this.#plan = plan
    this.id = client.newId()
    if (plan.ends?.how === 'abort') this.#own = new AbortController()
  }

  get isSettled(): boolean {
    return this.record.outcome !== undefined
  }

  get signal(): AbortSignal {
    return this.#own?.signal ?? this.client.transport.signal
  }

  settle(outcome: Outcome): void {
    const { record } = this
    if (record.outcome) {
      const gaveUp = ['aborted', 'cancelled', 'timeout'].includes(record.outcome.kind)
      if (!gaveUp) this.client.record.mistakes.push(`${record.key} was answered twice: ${outcome.kind}`)
      return
    }
    record.outcome = outcome
    record.settledAt = this.client.now
    this.#cancelTimers()
    this.#onSettled()
  }

  async run(): Promise<void> {
    this.#startTimers()
    try {
      const response = await this.#exchange()
      await this.#read(response)
      if (!this.isSettled && !this.record.isRequest) this.settle({ kind: 'accepted' })
    } catch (error) {
      this.settle(this.signal.aborted ? { kind: 'aborted' } : { kind: 'threw', text: String(error) })
    } finally {
      this.record.overAt = this.client.now
    }
  }

  /** What arrived for this request: its answer, or the server's question about it. */
  receive(message: {
    readonly id?: unknown
    readonly result?: { readonly key?: string }
    readonly error?: { readonly code: number; readonly message: string }
  }): void {
    if (message.id !== this.id) return
    if (message.error) {
      this.settle({ kind: 'error', code: message.error.code, text: message.error.message })
      return
    }
    if (message.result?.key !== this.record.key) {
      this.client.record.mistakes.push(`${this.record.key} got the answer of ${String(message.result?.key)}`)
    }
    this.settle({ kind: 'result' })
  }

  /** A 401 is answered with another token, once. */
  async #exchange(): Promise<Response> {
    const { client, record } = this
    const send = () => client.send('POST', record.key, this.#message(), this.signal)
    const response = await send()
    if (response.status !== 401) return response
    record.challenges++
    await response.text()
    const startedAt = client.now
    await client.signIn(this.signal)
    record.signInMs += client.now - startedAt
    if (this.isSettled) return new Response(null, { status: 202 })
    const second = await send()
    if (second.status === 401) record.challenges++
    return second
  }

  async #read(response: Response): Promise<void> {
    const { status } = response
    if (!response.ok) {
      await response.text()
      this.settle({ kind: 'http', status })
    } else if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
      await readStream(this, response)
    } else if (status === 202 || response.body === null) {
      await response.text()
      this.settle({ kind: 'accepted' })
    } else {
      this.receive((await response.json()) as Parameters<RequestUnderWay['receive']>[0])
      if (!this.isSettled) this.settle({ kind: 'threw', text: 'an answer on another id' })
    }
  }

  #message(): object {
    const { kind, value } = this.#plan
    const method = calledBy[kind]
    const params: Record<string, unknown> =
      method === 'tools/call'
        ? { name: kind, arguments: {} }
        : kind === 'setLevel'
          ? { level: levels[value % levels.length] }
          : method.startsWith('resources/')
            ? { uri: subscribed(value) }
            : {}
    return this.record.isRequest ? { id: this.id, method, params } : { method, params }
  }

  #startTimers(): void {
    const { client, record } = this
    const { clock, network } = client.surroundings
    const { ends } = this.#plan
    const endedNow = () => {
      record.endedAt = client.now
      record.endedBefore = network.wire.length
    }
    const timers = [
      clock.schedule(() => {
        endedNow()
        this.settle({ kind: 'timeout' })
        if (record.isRequest) this.#tellServer()
      }, requestTimeoutMs),
    ]
    if (ends && (record.isRequest || ends.how === 'abort')) {
      timers.push(
        clock.schedule(() => {
          endedNow()
          if (ends.how === 'abort') {
            this.#own?.abort(new DOMException('not wanted any more', 'AbortError'))
          } else {
            this.settle({ kind: 'cancelled' })
            this.#tellServer()
          }
        }, ends.afterMs),
      )
    }
    this.#cancelTimers = () => {
      for (const cancel of timers) cancel()
    }
  }

  /** The only trace that some SDKs leave of a request that nobody waits for. */
  #tellServer(): void {
    const { client, id, record } = this
    const params = { requestId: id }
    const tell = async () => {
      const key = `cancel-${record.key}`
      const response = await client
        .send('POST', key, { method: 'notifications/cancelled', params }, client.transport.signal)
        .catch(() => undefined)
      await response?.text().catch(() => undefined)
    }
    client.track(tell())
  }
}
