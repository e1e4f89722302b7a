import { setTimeout as delay } from 'node:timers/promises'
import type { FetchLike } from '@mcp-tether/client'
import { displayUrl } from '../log/display-url.js'
import type { Log } from '../log/log.js'
import { maxAcknowledgeMs } from './limits.js'
import type { LineWriter } from './line-writer.js'
import { isObject, type RpcRequest } from './message.js'
import { PendingAnswers } from './pending-answers.js'
import { Post, type PostOptions } from './post.js'
import { headerSecrets, redact } from './redact.js'
import { connectedLine } from './connected-line.js'
import { type Session, sessionFrom, withSession } from './session.js'
import { StandaloneStream } from './standalone-stream.js'

export interface ServerSideOptions {
  readonly url: URL
  /** The recovering fetch. */
  readonly fetch: FetchLike
  /** Sent with every request. */
  readonly headers: Headers
  readonly writer: LineWriter
  readonly log: Log
}

interface Call {
  readonly post: Post
  readonly answers: PendingAnswers
}

/** The side of the bridge that faces the server: its session, the POSTs in flight, the standalone stream. */
export class ServerSide {
  readonly #options: ServerSideOptions
  readonly #posts = new Set<Post>()
  readonly #calls = new Map<string, Call>()
  #initializing: Post | undefined
  #session: Session | undefined
  #stream: StandaloneStream | undefined

  constructor(options: ServerSideOptions) {
    const headers = new Headers(options.headers)
    headers.set('accept', 'application/json, text/event-stream')
    headers.set('content-type', 'application/json')
    this.#options = { ...options, headers }
  }

  /** Starts a session. Done when the host has its answer. */
  async initialize(text: string, request: RpcRequest): Promise<void> {
    const { log, url } = this.#options
    this.#stream?.stop()
    this.#session = undefined
    let sessionId: string | undefined
    const answers = new PendingAnswers([request], this.#options.writer, (_request, answer) => {
      if (!('result' in answer)) {
        const { message } = isObject(answer.error) ? answer.error : {}
        log.warn(
          `${displayUrl(url)} refused initialize: ${redact(typeof message === 'string' ? message : 'no reason')}`,
        )
        return
      }
      this.#session = sessionFrom(sessionId, answer.result)
      log.info(connectedLine(url, this.#session))
    })
    const post = this.#prepare(text, answers, {
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

  /** Another `initialize` has come: the one in flight, if any, will not be waited for. */
  supersedeInitialize(): void {
    this.#initializing?.abort('superseded')
  }

  /** Sends `notifications/initialized`, then opens the standalone stream. Done when the server has acknowledged. */
  async initialized(text: string): Promise<void> {
    const { fetch, url, headers, writer, log } = this.#options
    // A server that never acknowledges must not silence every call after it.
    const patience = new AbortController()
    const { signal } = patience
    await Promise.race([this.send(text, []), delay(maxAcknowledgeMs, undefined, { signal }).catch(() => undefined)])
    patience.abort()
    this.#stream?.stop()
    const session = this.#session
    if (!session) return
    this.#stream = new StandaloneStream({
      open(lastEventId, signal) {
        const own = withSession(headers, session)
        own.delete('content-type')
        own.set('accept', 'text/event-stream')
        if (lastEventId !== undefined) own.set('last-event-id', lastEventId)
        return fetch(url, { method: 'GET', headers: own, signal, redirect: 'manual' })
      },
      async deliver(message) {
        if (await new PendingAnswers([], writer).deliver(message)) return
        log.warn('the server sent an event that is no JSON-RPC message; it was dropped')
      },
      log,
    })
    this.#stream.start()
  }

  /** Sends a message. Done when its requests are answered, or when the server has taken it. */
  async send(text: string, requests: readonly RpcRequest[]): Promise<void> {
    const answers = new PendingAnswers(requests, this.#options.writer)
    await this.#run(this.#prepare(text, answers), answers, requests)
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

  stopStream(): void {
    this.#stream?.stop()
  }

  /** Ends the session on the server. */
  async closeSession(signal: AbortSignal): Promise<void> {
    const { fetch, url, headers, log } = this.#options
    const session = this.#session
    if (session?.id === undefined) return
    this.#session = undefined
    const own = withSession(headers, session)
    own.delete('content-type')
    try {
      const response = await fetch(url, { method: 'DELETE', headers: own, signal, redirect: 'manual' })
      await response.body?.cancel()
    } catch {
      log.detail('the session could not be closed in time')
    }
  }

  #prepare(text: string, answers: PendingAnswers, more: Partial<PostOptions> = {}): Post {
    const { url, fetch, headers, log } = this.#options
    const session = this.#session
    return new Post({
      url,
      fetch,
      log,
      answers,
      headers: withSession(headers, session),
      body: text,
      secrets: [session?.id, ...headerSecrets(headers)],
      ...more,
      onResponse: (response) => {
        if (response.ok) this.#stream?.wake()
        more.onResponse?.(response)
      },
    })
  }

  async #run(post: Post, answers: PendingAnswers, requests: readonly RpcRequest[]): Promise<void> {
    const call: Call = { post, answers }
    this.#posts.add(post)
    for (const { key } of requests) this.#calls.set(key, call)
    void post.whole.finally(() => this.#posts.delete(post))
    await post.run()
    for (const { key } of requests) if (this.#calls.get(key) === call) this.#calls.delete(key)
  }
}
