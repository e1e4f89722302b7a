import type { Clock, RecoveringFetch } from '@mcp-tether/client'
import { setMaxListeners } from 'node:events'
import type { CallPlan, ClientPlan } from '../schedule/schedule.js'
import { ExpectedState } from './expected-state.js'
import type { ClientRecord, QuestionRecord, RequestRecord } from './history.js'
import { clientHeader, fetchHeader, keyHeader, type Network } from './network.js'

/** What a simulation gives to each of its clients. */
export interface ClientSurroundings {
  readonly clock: Clock
  readonly network: Network
  readonly fetch: RecoveringFetch
  readonly requests: RequestRecord[]
  readonly questions: readonly QuestionRecord[]
  /** The token that the server wants now. */
  readonly wantedToken: (client: number) => number
  /** The engine's name for the session that was bound last. */
  readonly lastBound: () => string | undefined
}

const endpoint = new URL('http://server.test/mcp')
const tokenEndpoint = 'http://server.test/token'
const version = '2025-11-25'

/** What one client holds: its session, its token, and how it sends. Deliberately simple, after the official SDKs. */
export class ModelClient {
  readonly record: ClientRecord
  readonly plan: ClientPlan
  readonly surroundings: ClientSurroundings
  readonly state = new ExpectedState()
  /** The end of everything that this client has under way, as in the SDKs. */
  readonly transport = new AbortController()
  /** Changes of the server's state are made one after the other. */
  changes: Promise<unknown> = Promise.resolve()
  /** Its handshake is over, all of it. */
  isConnected = false
  /** It has begun to end its session. */
  isClosing = false
  /** Its standalone stream, until that is over for good. */
  listening: Promise<void> | undefined
  /** What it waits for. */
  readonly busy = new Set<Promise<unknown>>()
  /** Notifications that it got. */
  readonly notes = new Set<unknown>()
  /** Questions that it was asked, by the ids that it knows them by. */
  readonly questions = new Map<unknown, QuestionRecord>()
  #token = 0
  #ids = 0
  /** It was told that there is no standalone stream: the first GET of a session that was lost already. */
  isTurnedAway = false
  #signIns = 0
  #signInBegan = 0
  #fetches = 0

  constructor(index: number, plan: ClientPlan, surroundings: ClientSurroundings) {
    this.plan = plan
    this.surroundings = surroundings
    this.record = {
      index,
      virtualId: undefined,
      fingerprint: undefined,
      foreignIds: [],
      mistakes: [],
      notesReceived: 0,
      resumptions: 0,
      streamEnds: 0,
      secondSignIns: [],
      closedAt: undefined,
    }
    setMaxListeners(0, this.transport.signal)
  }

  get index(): number {
    return this.record.index
  }

  get now(): number {
    return this.surroundings.clock.now()
  }

  newId(): number {
    return ++this.#ids
  }

  /** Sends one HTTP request through the engine. */
  async send(
    method: string,
    key: string,
    message: object | undefined,
    signal: AbortSignal | undefined,
    extra: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const { virtualId } = this.record
    const { network } = this.surroundings
    network.newestTokens.set(this.index, Math.max(this.#token, network.newestTokens.get(this.index) ?? 0))
    const headers = new Headers({
      accept: method === 'GET' ? 'text/event-stream' : 'application/json, text/event-stream',
      authorization: `Bearer token-${String(this.#token)}`,
      [clientHeader]: String(this.index),
      [keyHeader]: key,
      [fetchHeader]: String(++this.#fetches),
      ...(virtualId === undefined ? {} : { 'mcp-session-id': virtualId, 'mcp-protocol-version': version }),
      ...(message && { 'content-type': 'application/json' }),
      ...extra,
    })
    const init: RequestInit = { method, headers, redirect: 'manual' }
    if (message) init.body = JSON.stringify({ jsonrpc: '2.0', ...message })
    if (signal) init.signal = signal
    const response = await this.surroundings.fetch(endpoint, init)
    const id = response.headers.get('mcp-session-id')
    if (id !== null && virtualId !== undefined && id !== virtualId) this.record.foreignIds.push(id)
    return response
  }

  /** Gets the token that the server wants. Every 401 makes the SDKs do so, as often as they see one. */
  async signIn(signal?: AbortSignal): Promise<void> {
    if (this.#signIns++ === 0) this.#signInBegan = this.now
    else this.record.secondSignIns.push(this.now - this.#signInBegan)
    try {
      // As the SDKs do, through the same fetch.
      const init: RequestInit = { method: 'POST', body: 'grant_type=refresh_token', ...(signal && { signal }) }
      const response = await this.surroundings.fetch(tokenEndpoint, init)
      await response.text()
      await this.pause(this.plan.signInMs, signal)
    } finally {
      this.#signIns--
    }
    this.#token = Math.max(this.#token, this.surroundings.wantedToken(this.index))
  }

  /** How long it thinks about a question of one of its calls. */
  answerMs(question: string): number {
    return this.surroundings.network.plans.get(question.split('/')[0] ?? '')?.asks ?? 0
  }

  /** The server does not want an answer any more. */
  withdraw(id: unknown): void {
    const question = this.questions.get(id)
    if (question && question.answeredAt === undefined) question.withdrawnAt ??= this.now
  }

  /** Waits; rejects as soon as the signal aborts. */
  async pause(ms: number, signal?: AbortSignal): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const giveUp = () => {
        cancel()
        reject(signal?.reason as Error)
      }
      const cancel = this.surroundings.clock.schedule(() => {
        signal?.removeEventListener('abort', giveUp)
        resolve()
      }, ms)
      signal?.addEventListener('abort', giveUp, { once: true })
    })
  }

  /** Lets a promise go on by itself, and remembers that it does. */
  track(promise: Promise<unknown>): void {
    const done = promise.catch((error: unknown) => this.record.mistakes.push(`it failed: ${String(error)}`))
    this.busy.add(done)
    void done.finally(() => this.busy.delete(done))
  }

  newRequest(key: string, plan: Pick<CallPlan, 'kind'>, isRequest: boolean): RequestRecord {
    const record: RequestRecord = {
      key,
      client: this.index,
      kind: plan.kind,
      isRequest,
      isSafe: isRequest && plan.kind !== 'unhinted',
      startedAt: this.now,
      settledAt: undefined,
      outcome: undefined,
      endedAt: undefined,
      endedBefore: undefined,
      overAt: undefined,
      signInMs: 0,
      challenges: 0,
      resumptions: 0,
    }
    this.surroundings.requests.push(record)
    return record
  }

  /** Makes a session. It tries until the server lets it, or gives up. */
  async connect(): Promise<boolean> {
    for (let tries = 0; tries < 100; tries++) {
      if (await this.#shakeHands(tries)) return true
      await this.pause(500)
    }
    return false
  }

  /** As the SDKs, when the rest of a handshake fails. */
  async #giveUpSession(): Promise<void> {
    const ending = this.send('DELETE', `give-up-${String(this.index)}`, undefined, undefined)
    this.record.virtualId = undefined
    await (await ending).text()
  }

  async #shakeHands(tries: number): Promise<boolean> {
    const { record } = this
    try {
      if (record.virtualId !== undefined) await this.#giveUpSession()
      const params = { protocolVersion: version, capabilities: {}, clientInfo: { name: 'model', version: '1' } }
      const key = `initialize-${String(this.index)}-${String(tries)}`
      const response = await this.send('POST', key, { id: this.newId(), method: 'initialize', params }, undefined)
      await response.text()
      if (response.status === 401) await this.signIn()
      if (!response.ok) return false
      const id = response.headers.get('mcp-session-id')
      if (id === null) return true
      record.virtualId = id
      record.fingerprint = this.surroundings.lastBound()
      const initialized = { method: 'notifications/initialized' }
      const acknowledged = await this.send('POST', `initialized-${String(this.index)}`, initialized, undefined)
      await acknowledged.text()
      if (acknowledged.status === 401) {
        await this.signIn()
        await (await this.send('POST', `initialized-${String(this.index)}-again`, initialized, undefined)).text()
      }
      return true
    } catch {
      return false
    }
  }
}
