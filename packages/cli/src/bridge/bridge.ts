import type { Readable, Writable } from 'node:stream'
import type { FetchLike } from '@mcp-tether/client'
import type { HostLog } from '../log/host-log.js'
import type { Log } from '../log/log.js'
import { Gate } from './gate.js'
import { HostInput } from './host-input.js'
import type { Line } from './line-splitter.js'
import { LineWriter } from './line-writer.js'
import { type HostMessage, readHostMessage } from './message.js'
import { emptyResultLine, invalidRequestLine, parseErrorLine } from './rpc-errors.js'
import { ServerSide } from './server-side.js'
import { closeWithin } from './shutdown.js'

export interface BridgeOptions {
  readonly url: URL
  /** The recovering fetch. */
  readonly fetch: FetchLike
  /** Sent with every request. */
  readonly headers: Headers
  /** The host's messages, one per line. */
  readonly input: Readable
  /** Takes the server's messages, one per line, and nothing else. */
  readonly output: Writable
  readonly log: Log
  /** Lines of the log that go to the host. */
  readonly hostLog?: HostLog
  /** Changes whenever the fetch has put another session of the server behind the one that the bridge knows. */
  readonly epoch?: () => number
  /** After so many milliseconds without a message the server is asked with a ping; 0: never. @default 0 */
  readonly keepAlive?: number
}

/**
 * The pipe between a host on stdio and a server behind a `fetch`: a line in is a POST out, and the messages of its
 * answer are lines out. It reads of a message what it must know (method, id) and passes its text on as it came.
 */
export class Bridge {
  readonly #writer: LineWriter
  readonly #input: HostInput
  readonly #gate: Gate
  readonly #server: ServerSide
  readonly #decoder = new TextDecoder('utf-8', { fatal: true })
  #stopping: Promise<void> | undefined
  #end!: () => void
  /** Resolves when the host has closed its end of either pipe. */
  readonly ended = new Promise<void>((resolve) => {
    this.#end = resolve
  })

  constructor(options: BridgeOptions) {
    const { input, output, hostLog, epoch = () => 0, keepAlive = 0 } = options
    this.#writer = new LineWriter(output, this.#end)
    hostLog?.connect((line) => this.#writer.write(line))
    this.#server = new ServerSide({ ...options, epoch, keepAlive, writer: this.#writer })
    this.#gate = new Gate(() => {
      this.#input.resume()
    })
    this.#input = new HostInput(input, {
      onLine: (line) => {
        this.#onLine(line)
        if (this.#gate.full) this.#input.pause()
      },
      onEnd: this.#end,
    })
  }

  /** Ends everything within the time that hosts give: answers in flight first, then the session. */
  stop(): Promise<void> {
    return (this.#stopping ??= this.#stop())
  }

  #stop(): Promise<void> {
    this.#input.close()
    this.#server.stopBackground()
    return closeWithin({
      answered: () => this.#gate.idle(),
      abandon: () => {
        this.#server.abandon()
      },
      closeSession: (signal) => this.#server.closeSession(signal),
      flush: async () => {
        // What was given up has yet to be answered.
        await this.#gate.idle()
        await this.#writer.flush()
      },
    })
  }

  #onLine(line: Line): void {
    if (line === 'too-long') {
      this.#reply(parseErrorLine('the line is longer than the bridge can hold'))
      return
    }
    let text: string
    try {
      text = this.#decoder.decode(line)
    } catch {
      this.#reply(parseErrorLine('the line is no valid UTF-8'))
      return
    }
    if (text.trim() === '') return
    const message = readHostMessage(text)
    if (message.kind === 'not-json') this.#reply(parseErrorLine('the line is no valid JSON'))
    else if (message.kind === 'not-rpc') this.#reply(invalidRequestLine(message.idText))
    else this.#submit(message, text, line.length)
  }

  /** An answer of our own. It takes the gate too, so that a host that doesn't read is not read either. */
  #reply(line: string): void {
    this.#gate.submit({ kind: 'passing', bytes: line.length, run: () => this.#writer.write(line) })
  }

  #submit(message: Exclude<HostMessage, { kind: 'not-json' | 'not-rpc' }>, text: string, bytes: number): void {
    const server = this.#server
    switch (message.kind) {
      case 'request': {
        const [request] = message.requests
        if (request.method === 'initialize') {
          server.supersedeInitialize()
          this.#gate.submit({ kind: 'barrier', key: request.key, bytes, run: () => server.initialize(text, request) })
        } else if (request.method === 'ping' && server.isInitializing) {
          // The one request that a host may send before it has that answer, which may take as long as a cold start.
          this.#gate.submit({ kind: 'aside', bytes, run: () => this.#writer.write(emptyResultLine(request)) })
        } else {
          this.#gate.submit({ kind: 'request', key: request.key, bytes, run: () => server.send(text, [request]) })
        }
        return
      }
      case 'batch':
        this.#gate.submit({ kind: 'request', bytes, run: () => server.send(text, message.requests) })
        return
      case 'notification':
        if (message.cancels !== undefined) this.#cancel(message.cancels, text, bytes)
        else if (message.method === 'notifications/initialized') {
          this.#gate.submit({ kind: 'barrier', bytes, run: () => server.initialized(text) })
        } else this.#gate.submit({ kind: 'passing', bytes, run: () => server.send(text, []) })
        return
      case 'answer':
        this.#gate.submit({ kind: 'passing', bytes, run: () => server.send(text, []) })
    }
  }

  #cancel(key: string, text: string, bytes: number): void {
    // What was never sent needs no cancelling on the server.
    if (this.#gate.withdraw(key)) return
    const run = this.#server.cancel(key, text)
    if (run) this.#gate.submit({ kind: 'passing', bytes, run })
  }
}
