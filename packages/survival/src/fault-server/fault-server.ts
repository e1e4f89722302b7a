import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseMessages } from '../wire/json-rpc.js'
import type { Message } from '../wire/json-rpc.js'
import type { AnswerSource, PlainAnswer } from './answer.js'
import { defaultAnswer } from './default-answer.js'
import type { OpenExchange } from './exchange.js'
import { Executions } from './executions.js'
import { specLossAnswer } from './loss-answer.js'
import { defaultLists } from './protocol.js'
import type { Match } from './match.js'
import type { Behaviour, FaultServerOptions, RestartOptions } from './options.js'
import { manyListeners } from '../wire/many-listeners.js'
import { readBody } from './read-body.js'
import { Scripts } from './scripts.js'
import type { Script } from './scripts.js'
import { sendAnswer } from './send-answer.js'
import { Sessions } from './sessions.js'
import { StandaloneStreams } from './standalone-streams.js'
import { WireLog } from './wire-log.js'

/**
 * A small MCP server (2025-11-25, Streamable HTTP) on `node:http` alone that does whatever it is told: every answer can
 * be scripted to the byte, a restart is one call, each execution of a tool is counted and every exchange is logged.
 *
 * It listens on 127.0.0.1 only. `/moved-307` and `/moved-308` redirect to the endpoint.
 */
export class FaultServer {
  /** Everything that was asked and answered. */
  readonly log = new WireLog()
  /** How often tools really ran. */
  readonly executions = new Executions()
  readonly #path: string
  readonly #sessions: Sessions
  readonly #scripts = new Scripts()
  readonly #streams = new StandaloneStreams()
  readonly #closed = manyListeners(new AbortController())
  readonly #startedAt = performance.now()
  #behaviour: Behaviour
  #life = 1
  #port = 0
  #server: Server | undefined

  /** Not listening yet: mount {@link handler} in a server of your own, or use {@link FaultServer.start}. */
  constructor(options: FaultServerOptions = {}) {
    this.#path = options.path ?? '/mcp'
    this.#sessions = new Sessions(options.ids ?? 'random')
    this.#behaviour = {
      lossAnswer: options.lossAnswer ?? specLossAnswer,
      stateless: options.stateless ?? false,
      protocolVersion: options.protocolVersion,
      initializeAs: options.initializeAs ?? 'json',
      requestsAs: options.requestsAs ?? 'json',
      standaloneStream: options.standaloneStream ?? true,
      lists: options.lists ?? defaultLists,
      pageSize: options.pageSize ?? Infinity,
      listChanged: options.listChanged ?? true,
      compressed: options.compressed ?? false,
    }
  }

  /** A server that listens. */
  static async start(options: FaultServerOptions = {}): Promise<FaultServer> {
    const fault = new FaultServer(options)
    fault.#server = createServer(fault.handler)
    await fault.#listen(options.port ?? 0)
    return fault
  }

  /** URL of the MCP endpoint. */
  get url(): string {
    return this.urlOf(this.#path)
  }

  /** URL of any path of this server. */
  urlOf(path: string): string {
    const address = this.#server?.address() as AddressInfo | null | undefined
    const port = address?.port ?? this.#port
    if (port === 0) throw new Error('The fault server is not listening')
    return `http://127.0.0.1:${String(port)}${path}`
  }

  /** Ids ever given out, in order. For assertions only: never print one. */
  get mintedIds(): readonly string[] {
    return this.#sessions.minted
  }

  /** Sessions the server knows now. */
  get knownSessions(): number {
    return this.#sessions.known.length
  }

  /** The request listener, to be mounted in another `node:http` server. */
  readonly handler = (req: IncomingMessage, res: ServerResponse): void => {
    void this.#handle(req, res)
  }

  /** Answers the next `times` exchanges that match with `answer`. Scripts are tried in the order they were added. */
  script(matches: Match, answer: AnswerSource, { times = 1 }: { times?: number } = {}): Script {
    return this.#scripts.add(matches, answer, times)
  }

  /** Becomes a fresh process: no session is known any more. Connections stay, as behind a proxy. */
  restart({ restartIds = true, streams = 'keep', connections = 'keep', ...behaviour }: RestartOptions = {}): void {
    this.#life++
    this.#sessions.forgetAll(restartIds)
    this.behave(behaviour)
    if (streams !== 'keep') this.#streams.endAll(streams)
    if (connections === 'close') this.#server?.closeAllConnections()
  }

  /** Changes how the server behaves, without a restart. */
  behave(behaviour: Partial<Behaviour>): void {
    this.#behaviour = { ...this.#behaviour, ...behaviour }
  }

  /** Sends a notification or a request on the standalone streams; says on how many. */
  push(message: Message, eventId?: string): number {
    return this.#streams.push(message, eventId)
  }

  /** Writes bytes as they are on the standalone streams. */
  write(text: string): void {
    this.#streams.write(text)
  }

  /** Ends the standalone streams; the sessions stay. */
  endStreams(how: 'end' | 'cut'): void {
    this.#streams.endAll(how)
  }

  /** Nobody listens any more: connections are refused, until {@link comeBack}. Sessions stay. */
  async goAway(): Promise<void> {
    this.#port = Number(new URL(this.url).port)
    await this.#stopListening()
  }

  /** Listens again, on the same port. */
  async comeBack(): Promise<void> {
    await this.#listen(this.#port)
  }

  /** Ends at once: open answers are cut, waiting ones given up. */
  async close(): Promise<void> {
    this.#closed.abort()
    await this.#stopListening()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #listen(port: number): Promise<void> {
    const server = this.#server
    await new Promise<void>((resolve, reject) => {
      server?.once('error', reject)
      server?.listen(port, '127.0.0.1', resolve)
    })
    server?.removeAllListeners('error')
  }

  async #stopListening(): Promise<void> {
    const server = this.#server
    if (!server?.listening) return
    const closed = new Promise<void>((resolve) => {
      server.close(() => {
        resolve()
      })
    })
    server.closeAllConnections()
    await closed
  }

  async #handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const body = await readBody(req)
    if (body === undefined || this.#closed.signal.aborted) {
      res.destroy()
      return
    }
    const exchange = this.#open(req, body)
    // Aborted or refused writes belong to clients that went away: nobody is left to tell.
    res.on('error', () => undefined)
    res.on('close', () => {
      exchange.ended = res.writableFinished ? 'sent' : 'cut'
      this.log.changed()
    })
    const answer = this.#scripts.take(exchange) ?? 'default'
    await sendAnswer(answer, {
      exchange,
      res,
      closed: this.#closed.signal,
      compressed: this.#behaviour.compressed && /\bgzip\b/.test(exchange.headers['accept-encoding'] ?? ''),
      defaultAnswer: () => defaultAnswer(exchange, this.#state()),
      openStream: ({ id }) => {
        this.#noteHead(exchange, { status: 200 })
        this.#streams.open(res, id)
      },
      head: (head) => {
        this.#noteHead(exchange, head)
      },
      answered: () => {
        this.log.markAnswered(exchange)
      },
    })
  }

  #state() {
    return { path: this.#path, behaviour: this.#behaviour, sessions: this.#sessions, executions: this.executions }
  }

  #open(req: IncomingMessage, body: string): OpenExchange {
    const headers = Object.fromEntries(
      Object.entries(req.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : (value ?? ''),
      ]),
    )
    const sessionId = headers['mcp-session-id']
    return this.log.add({
      startedAtMs: performance.now() - this.#startedAt,
      life: this.#life,
      method: req.method ?? '',
      path: req.url ?? '',
      headers,
      sessionId,
      sessionLabel: sessionId === undefined ? undefined : this.#sessions.label(sessionId),
      body,
      ...parseMessages(body),
    })
  }

  #noteHead(exchange: OpenExchange, { status, headers = {} }: Pick<PlainAnswer, 'status' | 'headers'>): void {
    exchange.status = status
    const sessionId = Object.entries(headers).find(([name]) => name.toLowerCase() === 'mcp-session-id')?.[1]
    if (sessionId !== undefined) {
      exchange.answeredSessionId = sessionId
      exchange.answeredLabel = this.#sessions.label(sessionId)
    }
    this.log.changed()
  }
}
