import type { Clock } from '@mcp-tether/client'
import type { CallPlan, NetworkFault } from '../schedule/schedule.js'
import { answerBusy } from './answer-busy.js'
import { Exchange, type Message } from './exchange.js'
import type { Handshakes } from './handshakes.js'
import type { WireRecord } from './history.js'
import { jsonHeaders, type ModelServer } from './server.js'

export const clientHeader = 'x-client'
/** Belongs to one request, so that the engine never takes it over from another. */
export const keyHeader = 'x-request-key'
export const fetchHeader = 'x-request-fetch'

/** Whether a connection gets to the server. */
export type Availability =
  | { readonly kind: 'up' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'gateway'; readonly status: 502 | 503 | 504; readonly retryAfterS: number | undefined }

/** What the network does with a request. */
export interface Journey {
  readonly plan: CallPlan | undefined
  readonly fault: NetworkFault
}

/** The way between the engine and the server, as a `fetch`. */
export class Network {
  readonly wire: WireRecord[] = []
  /** The plans of the clients' requests, by key. */
  readonly plans = new Map<string, CallPlan>()
  /** The newest token with which each client has come. */
  readonly newestTokens = new Map<number, number>()
  readonly handshakes: Handshakes
  availability: Availability = { kind: 'up' }
  isFaultless = false
  readonly #server: ModelServer
  readonly #clock: Clock
  readonly #tries = new Map<string, number>()
  /** What the current process has taken and not answered whole. */
  readonly #underWay = new Set<Exchange>()

  constructor(server: ModelServer, clock: Clock, handshakes: Handshakes) {
    this.#server = server
    this.#clock = clock
    this.handshakes = handshakes
  }

  readonly fetch = (url: string | URL, init: RequestInit = {}): Promise<Response> => {
    if (String(url).endsWith('/token')) return Promise.resolve(new Response('{}'))
    const exchange = this.#open(init)
    if (!exchange.isOpen) return exchange.response
    const { record } = exchange
    const { plan, fault } = this.#journeyOf(record)
    if (fault.kind !== 'none') record.fault = fault.kind
    if (fault.kind === 'cut') exchange.cut = fault
    const latencyMs = plan?.latencies[this.#tries.get(record.key) ?? 0] ?? this.#server.traits.latencyMs
    if (plan) this.#tries.set(record.key, (this.#tries.get(record.key) ?? 0) + 1)

    if (fault.kind === 'refused' || this.availability.kind === 'refused') {
      this.#clock.schedule(() => {
        exchange.refuseConnection()
      }, 1)
    } else {
      this.#clock.schedule(() => {
        this.#arrive(exchange, fault)
      }, latencyMs)
    }
    return exchange.response
  }

  /** The process is gone, and with it every connection. */
  breakAll(): void {
    for (const exchange of this.#underWay) exchange.reset()
    this.#underWay.clear()
  }

  #open({ method = 'GET', headers, body, signal }: RequestInit): Exchange {
    const sent = headers instanceof Headers ? headers : new Headers(headers)
    const message = typeof body === 'string' ? (JSON.parse(body) as Message) : {}
    const client = Number(sent.get(clientHeader))
    const token = Number(sent.get('authorization')?.split('-').at(-1))
    const key = sent.get(keyHeader) ?? ''
    const lastEventId = sent.get('last-event-id') ?? undefined
    const record: WireRecord = {
      index: this.wire.length,
      client,
      key,
      fetchNumber: Number(sent.get(fetchHeader)),
      isEnginesOwn: isEnginesOwn(key, method, message),
      method,
      what: whatOf(method, message, lastEventId),
      sentAt: this.#clock.now(),
      sessionId: sent.get('mcp-session-id') ?? undefined,
      token,
      newestToken: this.newestTokens.get(client) ?? 0,
      lastEventId,
      fault: undefined,
      ending: 'under-way',
      endedAt: undefined,
      status: undefined,
      executed: false,
      dialect: undefined,
      replay: undefined,
      retryAfterMs: undefined,
      session: undefined,
      body: undefined,
      bodyEndedAt: undefined,
      mistakes: [],
    }
    this.wire.push(record)
    return new Exchange(record, message, signal, () => this.#clock.now())
  }

  #journeyOf(record: WireRecord): Journey {
    const plan = record.isEnginesOwn ? undefined : this.plans.get(record.key)
    if (!plan || this.isFaultless) return { plan, fault: { kind: 'none' } }
    const fault = plan.network[this.#tries.get(record.key) ?? 0] ?? { kind: 'none' }
    const isPossible =
      ((fault.kind !== 'header-stripped' && fault.kind !== 'false-404') || record.sessionId !== undefined) &&
      (fault.kind !== 'own-error' || plan.kind !== 'notification')
    return { plan, fault: isPossible ? fault : { kind: 'none' } }
  }

  #arrive(exchange: Exchange, fault: NetworkFault): void {
    if (!exchange.isOpen) return
    const { availability } = this
    if (availability.kind === 'refused') {
      exchange.reset()
      return
    }
    if (availability.kind === 'gateway') {
      answerBusy(exchange, availability.status, availability.retryAfterS)
      return
    }
    this.#underWay.add(exchange)
    if (this.#underWay.size > 64) this.#forgetOver()
    if (exchange.record.isEnginesOwn && this.handshakes.take(exchange, this.#server, this.isFaultless)) return
    switch (fault.kind) {
      case 'busy':
        answerBusy(exchange, fault.status, fault.retryAfterS)
        return
      case 'header-stripped':
        exchange.answer('header-lost', 400, jsonHeaders, '{"error":"Bad Request: Mcp-Session-Id header is required"}')
        return
      case 'own-error':
        this.#answerOwnError(exchange, fault.status)
        return
      case 'reset':
      case 'gateway':
      case 'false-404':
        if (fault.executed) this.#server.handle(exchange)
        // Whatever the server says about it, it does not come through.
        this.#break(exchange, fault)
        return
      default:
        this.#server.handle(exchange)
    }
  }

  #break(exchange: Exchange, fault: Extract<NetworkFault, { kind: 'reset' | 'gateway' | 'false-404' }>): void {
    if (fault.kind === 'reset') {
      exchange.reset()
    } else if (fault.kind === 'gateway') {
      if (exchange.isOpen) answerBusy(exchange, fault.status, undefined)
      else exchange.reset()
    } else if (exchange.isOpen) {
      this.#server.noteRefusal(exchange.record)
      exchange.record.dialect = 'false-404'
      exchange.record.replay = 'replay'
      exchange.answer('lost', 404, {}, 'no such route')
    }
  }

  #answerOwnError(exchange: Exchange, status: number): void {
    const { record, message } = exchange
    if (!this.#server.isSignedIn(exchange)) {
      this.#server.handle(exchange)
      return
    }
    const error = status === 404 ? { code: -32601, message: 'Method not found' } : { code: -32050, message: 'No.' }
    record.executed = true
    exchange.answer('answered', status, jsonHeaders, JSON.stringify({ jsonrpc: '2.0', id: message.id, error }))
  }

  #forgetOver(): void {
    for (const exchange of this.#underWay) {
      const { isOpen, body } = exchange
      if (!isOpen && body?.state !== 'open') this.#underWay.delete(exchange)
    }
  }
}

/** The engine's own requests carry the headers of the client's `initialize`. */
function isEnginesOwn(key: string, method: string, message: Message): boolean {
  if (!key.startsWith('initialize-')) return false
  return message.method !== 'initialize' || method !== 'POST' || typeof message.id === 'string'
}

function whatOf(method: string, { method: called, id }: Message, lastEventId: string | undefined): string {
  if (method === 'GET') return lastEventId === undefined ? 'stream' : 'resume'
  if (method !== 'POST') return method
  return called ?? (id === undefined ? 'nothing' : 'response')
}
