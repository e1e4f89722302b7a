import type { FetchLike } from '@mcp-tether/client'
import { displayUrl } from '../log/display-url.js'
import type { HostLog } from '../log/host-log.js'
import type { Log } from '../log/log.js'
import type { HeaderRecord } from '../upstream/header-record.js'
import { deliverMessage } from './deliver-message.js'
import { KeepAlive } from './keep-alive.js'
import { levelAsked, setLevelMethod } from './level-asked.js'
import { SpoolSpace } from './large/spool-space.js'
import { closeFormerMs, maxAcknowledgeMs, maxSpooledBytes, pingMs } from './limits.js'
import type { LineWriter } from './line-writer.js'
import type { RpcRequest } from './message.js'
import { OpenRequests } from './open-requests.js'
import { type AnswerObserver, PendingAnswers } from './pending-answers.js'
import { Post, type PostOptions } from './post.js'
import { type Ping, pings } from './ping.js'
import { headerSecrets, urlSecrets } from './redact.js'
import { connectedLine, refusedLine } from './connected-line.js'
import { type Session, sessionFrom, withSession } from './session.js'
import { StandaloneStream } from './standalone-stream.js'
import { wait } from './wait.js'

export interface ServerSideOptions {
  readonly url: URL
  /** The recovering fetch. */
  readonly fetch: FetchLike
  /** Sent with every request. */
  readonly headers: Headers
  readonly writer: LineWriter
  readonly log: Log
  /** Lines of the log that go to the host. */
  readonly hostLog?: HostLog | undefined
  /** Changes whenever the fetch has put another session of the server behind the one that the bridge knows. */
  readonly epoch: () => number
  /** After so many milliseconds without a message the server is asked with a ping; 0: never. */
  readonly keepAlive: number
}

interface Call {
  readonly post: Post
  readonly answers: PendingAnswers
}

/** The side of the bridge that faces the server: its session, the POSTs in flight, the standalone stream. */
export class ServerSide {
  readonly #options: ServerSideOptions
  readonly #headers: HeaderRecord
  readonly #secrets: readonly string[]
  readonly #open = new OpenRequests()
  readonly #space = new SpoolSpace(maxSpooledBytes)
  readonly #posts = new Set<Post>()
  readonly #calls = new Map<string, Call>()
  #initializing: Post | undefined
  #session: Session | undefined
  /** What the messages of this session have in common. */
  #common: { readonly session: Session | undefined; readonly post: PostOptions } | undefined
  /** The session before this one, as long as no other has taken its place. */
  #former: Session | undefined
  #stream: StandaloneStream | undefined
  readonly #keepAlive: KeepAlive | undefined

  constructor(options: ServerSideOptions) {
    const { headers, url } = options
    this.#options = options
    const own = [...headers].filter(([name]) => name !== 'content-type')
    this.#headers = { ...Object.fromEntries(own), accept: 'application/json, text/event-stream' }
    this.#secrets = [...headerSecrets(headers), ...urlSecrets(url)]
    if (options.keepAlive > 0) {
      const pingText = pings()
      this.#keepAlive = new KeepAlive({
        idleMs: options.keepAlive,
        busy: () => this.#posts.size > 0,
        ping: () => this.#ping(pingText()),
      })
    }
  }

  /** Starts a session. Done when the host has its answer. */
  async initialize(text: string, request: RpcRequest): Promise<void> {
    const { log, hostLog, url } = this.#options
    this.stopBackground()
    hostLog?.reset()
    this.#former = this.#session ?? this.#former
    this.#session = undefined
    let sessionId: string | undefined
    const answers = this.#pending([request], (_request, answer) => {
      if (!('result' in answer)) {
        log.warn(refusedLine(url, answer.error))
        return
      }
      this.#session = sessionFrom(sessionId, answer.result)
      log.info(connectedLine(url, this.#session))
      this.#closeFormer()
    })
    const post = new Post(text, answers, {
      ...this.#postOptions,
      // What it says is needed here.
      space: undefined,
      onResponse: (response) => {
        if (response.ok) sessionId = response.headers.get('mcp-session-id') ?? undefined
      },
      onFailure: (sentence) => {
        log.warn(`no MCP endpoint at ${displayUrl(url)}: POST initialize ${sentence}`)
      },
    })
    this.#initializing = post
    await this.#run(post, answers, [request])
    this.#initializing = undefined
  }

  /** True while the server has not answered the host's `initialize`. */
  get isInitializing(): boolean {
    return this.#initializing !== undefined
  }

  /** Another `initialize` has come: the one in flight, if any, will not be waited for. */
  supersedeInitialize(): void {
    this.#initializing?.abort('superseded')
  }

  /** Sends `notifications/initialized`, then opens the standalone stream. Done when the server has acknowledged. */
  async initialized(text: string): Promise<void> {
    const { log } = this.#options
    // A server that never acknowledges must not silence every call after it.
    const patience = new AbortController()
    await Promise.race([this.send(text, []), wait(maxAcknowledgeMs, patience.signal)])
    patience.abort()
    this.#stream?.stop()
    const session = this.#session
    if (!session) return
    this.#stream = new StandaloneStream({
      open: (lastEventId, signal) => this.#get(session, lastEventId, signal),
      deliver: async (message) => {
        const delivery = await deliverMessage(this.#pending([]), message)
        if (delivery === 'delivered') return
        const why = delivery === 'no message' ? 'is no JSON-RPC message' : `could not be passed on: ${delivery.why}`
        log.warn(`the server sent an event that ${why}; it was dropped`)
      },
      space: this.#space,
      log,
    })
    this.#stream.start()
    this.#keepAlive?.start()
  }

  /** Sends a message. Done when its requests are answered, or when the server has taken it. */
  send(text: string, requests: readonly RpcRequest[]): Promise<void> {
    const level = requests.find(({ method }) => method === setLevelMethod)
    return level ? this.#sendLevel(text, requests, level) : this.#send(text, requests)
  }

  #send(text: string, requests: readonly RpcRequest[], observe?: AnswerObserver): Promise<void> {
    const answers = this.#pending(requests, observe)
    return this.#run(new Post(text, answers, this.#postOptions), answers, requests)
  }

  async #sendLevel(text: string, requests: readonly RpcRequest[], level: RpcRequest): Promise<void> {
    const session = this.#session
    const taken: RpcRequest[] = []
    await this.#send(text, requests, (request, answer) => {
      if (request === level && 'result' in answer) taken.push(request)
    })
    // Only where the server has declared it may a host expect log messages (2025-11-25, Logging, Capabilities).
    if (taken.length > 0 && session?.logs && session === this.#session) {
      this.#options.hostLog?.setLevel(levelAsked(text, level.key))
    }
  }

  /** The host no longer waits for a request. Returns what is to be done to tell the server; nothing, for initialize. */
  cancel(key: string, text: string): (() => Promise<void>) | undefined {
    const call = this.#calls.get(key)
    call?.answers.forget(key)
    if (call && call.post === this.#initializing) {
      call.post.abort('cancelled')
      return undefined
    }
    return async () => {
      await this.send(text, [])
      // Many servers leave a cancelled call's stream open for ever.
      if (call?.answers.open.length === 0) call.post.abort('cancelled')
    }
  }

  /** Gives up whatever is in flight; its requests are answered with an error. */
  abandon(): void {
    for (const post of this.#posts) post.abort('stopping')
  }

  /** Takes up nothing any more by itself: neither the standalone stream nor pings. */
  stopBackground(): void {
    this.#stream?.stop()
    this.#keepAlive?.stop()
  }

  /** Ends the session on the server. */
  async closeSession(signal: AbortSignal): Promise<void> {
    const sessions = [this.#session, this.#former]
    this.#session = this.#former = undefined
    await Promise.all(sessions.map((session) => this.#delete(session, signal)))
  }

  /** A host that starts over leaves a session behind that nobody would end. */
  #closeFormer(): void {
    const former = this.#former
    this.#former = undefined
    if (former?.id === this.#session?.id) return
    void this.#delete(former, AbortSignal.timeout(closeFormerMs))
  }

  async #delete(session: Session | undefined, signal: AbortSignal): Promise<void> {
    if (session?.id === undefined) return
    const { fetch, url, log } = this.#options
    const headers = withSession(this.#headers, session)
    try {
      const response = await fetch(url, { method: 'DELETE', headers, signal })
      await response.body?.cancel()
    } catch {
      log.detail('the session could not be closed in time')
    }
  }

  /** Asks for an event stream: the standalone one, or what came after an event. */
  #get(session: Session, lastEventId: string | undefined, signal: AbortSignal): Promise<Response> {
    const { fetch, url } = this.#options
    const headers = {
      ...withSession(this.#headers, session),
      accept: 'text/event-stream',
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    }
    return fetch(url, { method: 'GET', headers, signal })
  }

  #pending(requests: readonly RpcRequest[], observe?: AnswerObserver): PendingAnswers {
    const { writer, log } = this.#options
    return new PendingAnswers(requests, { writer, log, open: this.#open, observe })
  }

  /** The session of the server's that the bridge's messages go to. */
  #sessionMark(session: Session | undefined): string {
    return session === this.#session ? `${this.#options.epoch()}` : 'another'
  }

  get #postOptions(): PostOptions {
    const session = this.#session
    if (this.#common?.session !== session) this.#common = undefined
    return (this.#common ??= { session, post: this.#postOptionsFor(session) }).post
  }

  #postOptionsFor(session: Session | undefined): PostOptions {
    const { url, fetch, log } = this.#options
    return {
      url,
      fetch,
      log,
      space: this.#space,
      headers: { ...withSession(this.#headers, session), 'content-type': 'application/json' },
      secrets: session?.id === undefined ? this.#secrets : [session.id, ...this.#secrets],
      sessionMark: () => this.#sessionMark(session),
      resume: session && ((id, signal) => this.#get(session, id, signal)),
      onResponse: (response) => {
        if (response.ok) this.#stream?.wake()
      },
    }
  }

  /** One that brings a loss to light is healed by the fetch, as any request is. */
  async #ping({ text, request }: Ping): Promise<void> {
    const answers = this.#pending([request])
    const post = new Post(text, answers, this.#postOptions)
    const over = setTimeout(() => {
      post.abort('cancelled')
    }, pingMs)
    over.unref()
    await this.#run(post, answers, [request])
    clearTimeout(over)
  }

  async #run(post: Post, answers: PendingAnswers, requests: readonly RpcRequest[]): Promise<void> {
    const call: Call = { post, answers }
    this.#posts.add(post)
    this.#keepAlive?.active()
    for (const { key } of requests) this.#calls.set(key, call)
    void post.whole.then(() => {
      this.#posts.delete(post)
      this.#keepAlive?.active()
    })
    await post.run()
    for (const { key } of requests) if (this.#calls.get(key) === call) this.#calls.delete(key)
  }
}
