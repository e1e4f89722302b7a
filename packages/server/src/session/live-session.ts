import { randomBytes } from 'node:crypto'
import { within } from '../base/within.js'
import type { OpenTransport, RequestOptions, SdkServer } from '../sdk/sdk.js'
import { idKey, isAnswer, isObject, isRequest, messagesOf, type JsonRpcMessage } from '../wire/json-rpc.js'
import { errorCodes } from '../wire/error-answers.js'
import { answeredInstance, outgoing, untagged } from '../wire/server-request-ids.js'
import type { Dispatch, RunningRequest } from './dispatch.js'
import type { EventLog } from './event-log.js'
import type { SessionRecord } from './session-record.js'

/** ms that the author's own clean-up may take. */
const longestClose = 2_000

/** What an instance tells the session's keeper. */
export interface InstanceOwner {
  /** A request was answered; resolves when what the answer promises is stored. What it throws becomes the answer. */
  answering(live: LiveSession, request: RunningRequest, answer: JsonRpcMessage): Promise<void>
  /** The answer is on its way, or none will come. */
  finished(live: LiveSession, request: RunningRequest): void
}

/** A session whose server runs in this process: the author's server, the SDK's transport, and what runs in it. */
export class LiveSession {
  readonly sessionId: string
  readonly server: SdkServer
  /** Marks the ids of this instance's questions to the client. */
  readonly tag = randomBytes(6).toString('base64url')
  readonly running = new Map<string, RunningRequest>()
  /** Streams that are read here, so that the instance is in use. */
  readonly followers = new Set<() => void>()
  /** Streams of calls that another process reads for the client. */
  readonly followedElsewhere = new Set<string>()
  /** Called when there are new events. */
  readonly bells = new Set<() => void>()
  /** The standalone stream, if it is read here. */
  standalone: { readonly owner: string; readonly stop: () => void } | undefined
  /** What this instance was told. */
  record: SessionRecord
  /** Of what is stored, when the instance was brought to it. */
  version: string | undefined
  lastUsed: number
  /** The one whose place it took, where that one still had calls. */
  predecessor: LiveSession | undefined
  isClosed = false
  /** Whether it has ever asked the client something: then an answer may come to another process. */
  hasAsked = false
  /** Why an answer could not be stored. */
  failure: Error | undefined
  readonly #transport: OpenTransport
  readonly #log: EventLog
  readonly #answersAsJson: boolean
  readonly #owner: InstanceOwner
  readonly #now: () => number
  readonly #ends: (() => void)[] = []
  readonly #idleWaiters: (() => void)[] = []
  #turn: Promise<unknown> = Promise.resolve()

  constructor(
    parts: {
      readonly sessionId: string
      readonly server: SdkServer
      readonly transport: OpenTransport
      readonly log: EventLog
      readonly record: SessionRecord
      /** Whether calls are answered without a stream. */
      readonly answersAsJson: boolean
    },
    owner: InstanceOwner,
    now: () => number,
  ) {
    this.sessionId = parts.sessionId
    this.server = parts.server
    this.record = parts.record
    this.#transport = parts.transport
    this.#log = parts.log
    this.#answersAsJson = parts.answersAsJson
    this.#owner = owner
    this.#now = now
    this.lastUsed = now()
    this.#watch(parts.transport)
  }

  /** Called when it ends. */
  onEnd(callback: () => void): void {
    if (this.isClosed) callback()
    else this.#ends.push(callback)
  }

  /** Whether what the client called runs here. */
  get hasCalls(): boolean {
    return [...this.running.values()].some(({ dispatch }) => !dispatch.isSynthetic)
  }

  /** Whether a call whose answer goes to this stream runs in this process. */
  isRunning(streamId: string): boolean {
    const isMine = [...this.running.values()].some(({ dispatch }) => dispatch.streamId === streamId)
    return isMine || this.predecessor?.isRunning(streamId) === true
  }

  get isInUse(): boolean {
    return this.running.size > 0 || this.followers.size > 0
  }

  /** One after the other: what brings the instance and its record to another state. */
  inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => undefined)
    return done
  }

  /** Hands an HTTP request with these messages to the SDK. */
  async handle(request: Request, body: unknown, options: RequestOptions, dispatch: Dispatch): Promise<Response> {
    this.lastUsed = this.#now()
    const messages = messagesOf(body)
    const requests = messages.filter(isRequest)
    for (const { id, method, params } of requests) this.running.set(idKey(id), { id, method, params, dispatch })
    try {
      const hand = () =>
        this.#transport.handleRequest(request, {
          parsedBody: body,
          ...(options.authInfo === undefined ? {} : { authInfo: options.authInfo }),
        })
      const opensStream = requests.length > 0 && !this.#answersAsJson
      const response = await (opensStream ? this.#log.opening(dispatch, hand) : hand())
      if (response.status >= 400) for (const { id } of requests) this.#end(id)
      return response
    } catch (error) {
      for (const { id } of requests) this.#end(id)
      throw error
    }
  }

  /** Waits until nothing runs here. @returns false where that takes longer than `ms` */
  async whenIdle(ms: number): Promise<boolean> {
    if (this.running.size === 0) return true
    const isIdle = new Promise<void>((resolve) => this.#idleWaiters.push(resolve))
    return (await within(ms, isIdle)) !== undefined
  }

  /** A message of the client that did not come with a request of its own: one that was sent before, or elsewhere. */
  receive(message: JsonRpcMessage): void {
    this.#transport.onmessage?.(message)
  }

  /** A cancellation that came to another process: of a request that may run here. */
  cancel(message: JsonRpcMessage): void {
    if (this.#cancelled(message) !== undefined) this.receive(message)
  }

  /** Whether a message of the client is for the instance of another process, or of one that has died. */
  isForAnother(message: JsonRpcMessage): boolean {
    if (message.method === 'notifications/cancelled') return this.#cancelled(message) === undefined
    const tag = answeredInstance(message)
    return tag !== undefined && tag !== this.tag
  }

  /** Another process resumed this stream, if it is one of ours that still goes on: it is told of each event from now on. */
  followElsewhere(streamId: string): void {
    for (const { dispatch } of this.running.values()) {
      if (dispatch.streamId === streamId) this.followedElsewhere.add(streamId)
    }
  }

  /** The standalone stream goes to another process. @param owner token of the lease that is to end */
  yield(owner: string): void {
    if (this.standalone?.owner === owner) this.standalone.stop()
  }

  /** There is something new in the store. */
  ring(): void {
    for (const bell of [...this.bells]) bell()
  }

  /** Resolves when what the calls of a stream said so far was stored. @returns false where something of it could not be */
  async settled(streamId: string): Promise<boolean> {
    const before = await this.predecessor?.settled(streamId)
    return (await this.#log.settled(streamId)) && before !== false
  }

  /** Nobody asks any more what could not be stored of a stream. */
  forget(streamId: string): void {
    this.#log.forget(streamId)
  }

  /** Nothing that the server says unasked goes out meanwhile. */
  async muted(work: () => Promise<void>): Promise<void> {
    this.#log.isMuted = true
    try {
      await work()
    } finally {
      this.#log.isMuted = false
    }
  }

  /** Ends the server here; what is stored stays. */
  async close(): Promise<void> {
    if (this.isClosed) return
    this.isClosed = true
    for (const end of this.#ends.splice(0)) end()
    for (const stop of [...this.followers]) stop()
    // What fails in the author's own clean-up, or does not end, has nobody left to be told to.
    await within(
      longestClose,
      quietly(() => this.server.close()),
    )
    await within(
      longestClose,
      quietly(() => this.#transport.close()),
    )
  }

  /** Stands between the transport and the server, by their public members. */
  #watch(transport: OpenTransport): void {
    const receive = transport.onmessage
    const send = transport.send.bind(transport)
    transport.onmessage = (message, extra) => {
      const mine = this.#received(message)
      if (mine !== undefined) receive?.(mine, extra)
    }
    transport.send = async (message, options) => {
      const isOf = isAnswer(message) ? message.id : options?.relatedRequestId
      const request = isOf === undefined ? undefined : this.running.get(idKey(isOf))
      if (!isAnswer(message)) {
        this.hasAsked ||= isRequest(message)
        const out = outgoing(this.tag, message)
        if (request !== undefined) this.#log.belongs(out, request.dispatch)
        await send(out, options)
        return
      }
      if (request === undefined) return send(message, options)
      try {
        const out = (await this.#refusedByStore(request, message)) ?? message
        this.#log.belongs(out, request.dispatch)
        await send(out, options)
      } finally {
        this.#end(request.id)
      }
    }
  }

  /** What the answer promises is stored first. @returns an error that takes its place where that failed */
  async #refusedByStore(request: RunningRequest, message: JsonRpcMessage): Promise<JsonRpcMessage | undefined> {
    try {
      await this.#owner.answering(this, request, message)
      return undefined
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error(String(error))
      const text = 'The session could not be stored. Try again later.'
      const code = errorCodes.serverUnavailable
      return { jsonrpc: '2.0', id: request.id, error: { code, message: text, data: { code: 'store_failed' } } }
    }
  }

  /** @returns the message as the server is to see it; undefined where it is for another instance, which has been told */
  #received(message: JsonRpcMessage): JsonRpcMessage | undefined {
    if (isAnswer(message)) {
      const origin = untagged(message.id)
      return origin?.tag === this.tag ? { ...message, id: origin.id } : undefined
    }
    if (message.method !== 'notifications/cancelled') return message
    const request = this.#cancelled(message)
    if (request === undefined) return undefined
    // A cancelled request gets no answer.
    this.#end(request.id)
    return message
  }

  #cancelled({ method, params }: JsonRpcMessage): RunningRequest | undefined {
    if (method !== 'notifications/cancelled' || !isObject(params)) return undefined
    const { requestId } = params
    return typeof requestId === 'string' || typeof requestId === 'number'
      ? this.running.get(idKey(requestId))
      : undefined
  }

  #end(id: string | number): void {
    const request = this.running.get(idKey(id))
    if (request === undefined) return
    this.running.delete(idKey(id))
    this.lastUsed = this.#now()
    this.#owner.finished(this, request)
    if (this.running.size === 0) for (const resolve of this.#idleWaiters.splice(0)) resolve()
  }
}

async function quietly(work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch {
    // Said above.
  }
}
