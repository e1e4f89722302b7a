import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { isObject, tryJson } from '../wire/json.js'
import type { JsonObject } from '../wire/json.js'
import { notification } from '../wire/json-rpc.js'
import type { Message } from '../wire/json-rpc.js'
import type { ConnectOptions, Face, FaceClient, ToolCallOptions } from './face.js'
import { Peer } from './peer.js'
import { Sightings } from './sightings.js'

/** A command line that speaks MCP over stdio and reaches the server by itself. */
export interface StdioFaceOptions {
  readonly name?: string
  readonly command: string
  /** The server's URL is appended. */
  readonly args?: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  /** How a header is given to the command. @default ['--header', 'Name: value'] */
  readonly headerArgs?: (name: string, value: string) => readonly string[]
  /**
   * A line that the command answers by itself, without the server, with an error on the id `null`; `'{'` where it
   * follows JSON-RPC 2.0. With it {@link FaceClient.flushed} knows that everything before was read.
   * @default none: some time is given instead
   */
  readonly answeredLocally?: string
}

/** A face that starts a process of its own for each client, and ends no other. */
export function stdioFace(options: StdioFaceOptions): Face {
  return {
    name: options.name ?? 'stdio',
    capabilities: new Set([
      'notify',
      'request',
      'headers',
      'listens',
      'hears',
      'progress',
      'elicits',
      'asked',
    ] as const),
    async connect(url, connectOptions = {}) {
      const headerArgs = options.headerArgs ?? ((name: string, value: string) => ['--header', `${name}: ${value}`])
      const headers = Object.entries(connectOptions.headers ?? {}).flatMap(([name, value]) => headerArgs(name, value))
      const child = spawn(options.command, [...(options.args ?? []), ...headers, url], {
        stdio: ['pipe', 'pipe', 'pipe'],
        env: { ...process.env, ...options.env },
      })
      const client = new StdioClient(child, connectOptions, options.answeredLocally)
      await client.start()
      return client
    },
  }
}

const MOST_STDERR = 8000
const MOST_LINE = 16 * 1024 * 1024
/** SDK hosts ask the process to end, wait 2 s, then force it. */
const PATIENCE_AT_CLOSE_MS = 2000
/** For commands that say nothing about having read their stdin. */
const FLUSH_MS = 200
const LONGEST_FLUSH_MS = 2000

class StdioClient implements FaceClient {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #sightings = new Sightings()
  readonly #peer: Peer
  readonly #exited: Promise<number | null>
  readonly #answeredLocally: string | undefined
  readonly #flushes: (() => void)[] = []
  #closing = false
  #stderr = ''

  constructor(child: ChildProcessWithoutNullStreams, options: ConnectOptions, answeredLocally: string | undefined) {
    this.#answeredLocally = answeredLocally
    this.#child = child
    this.#peer = new Peer(options, this.#sightings)
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-MOST_STDERR)
    })
    this.#readLines()
    // Writing to a process that is gone: its exit is the trouble that counts.
    child.stdin.on('error', () => undefined)
    this.#exited = new Promise((resolve) => {
      child.once('error', (error) => {
        this.#gone(`could not be started: ${error.message}`)
        resolve(null)
      })
      child.once('close', (code, signal) => {
        if (!this.#closing) this.#gone(`ended by itself (${String(code ?? signal)})`)
        resolve(code)
      })
    })
  }

  async start(): Promise<void> {
    const { message, answer } = this.#peer.initialize()
    this.#write(message)
    try {
      await answer
    } catch (error) {
      await this.close().catch(() => undefined)
      throw error
    }
    await this.notify('notifications/initialized')
  }

  callTool(name: string, args: JsonObject, { signal, onProgress }: ToolCallOptions = {}): Promise<unknown> {
    const { message, answer } = this.#peer.openToolCall(name, args, onProgress)
    this.#write(message)
    signal?.addEventListener('abort', () => {
      const cancelled = this.#peer.cancel(message.id, 'the caller gave up')
      if (cancelled) this.#write(cancelled)
    })
    return answer
  }

  listTools(cursor?: string): Promise<unknown> {
    return this.request('tools/list', cursor === undefined ? {} : { cursor })
  }

  request(method: string, params?: JsonObject): Promise<unknown> {
    const { message, answer } = this.#peer.open(method, params)
    this.#write(message)
    return answer
  }

  notify(method: string, params?: JsonObject): Promise<void> {
    this.#write(notification(method, params))
    return Promise.resolve()
  }

  onNotification(listener: (message: Message) => void): void {
    this.#sightings.onNotification(listener)
  }

  sessionIds(): readonly string[] {
    return []
  }

  troubles(): ReturnType<FaceClient['troubles']> {
    return this.#sightings.troubles
  }

  async flushed(): Promise<void> {
    if (this.#answeredLocally === undefined) {
      await delay(FLUSH_MS)
      return
    }
    const answered = new Promise<void>((resolve) => this.#flushes.push(resolve))
    this.#child.stdin.write(`${this.#answeredLocally}\n`)
    const timer = new AbortController()
    const { signal } = timer
    await Promise.race([answered, this.#exited, delay(LONGEST_FLUSH_MS, undefined, { signal }).catch(() => undefined)])
    timer.abort()
  }

  async close(): Promise<void> {
    if (this.#closing) {
      await this.#exited
      return
    }
    this.#closing = true
    this.#child.stdin.end()
    const overdue = new AbortController()
    const code = await Promise.race([
      this.#exited,
      once(overdue.signal, 'abort').then(() => 'overdue' as const),
      delay(PATIENCE_AT_CLOSE_MS, 'overdue' as const, { signal: overdue.signal, ref: false }).catch(() => undefined),
    ])
    overdue.abort()
    this.#peer.failAll(new Error('the client was closed'))
    if (code === 'overdue') {
      this.#child.kill('SIGKILL')
      await this.#exited
      throw new Error(`the process had to be killed ${String(PATIENCE_AT_CLOSE_MS)} ms after its stdin ended`)
    }
    if (code !== 0 && this.#sightings.troubles.length === 0) {
      throw new Error(`the process ended with exit code ${String(code)}${this.#said()}`)
    }
  }

  #write(message: Message): void {
    this.#child.stdin.write(`${JSON.stringify(message)}\n`)
  }

  #readLines(): void {
    let pending = ''
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      pending += text
      const lines = pending.split('\n')
      pending = lines.pop() ?? ''
      if (pending.length > MOST_LINE) this.#child.stdout.destroy(new Error('a line on stdout is longer than 16 MiB'))
      for (const line of lines) this.#takeLine(line)
    })
    this.#child.stdout.on('error', (error) => {
      this.#sightings.sawTrouble('wrong', error.message)
    })
  }

  #takeLine(line: string): void {
    const message = tryJson(line)
    if (!isObject(message) || message.jsonrpc !== '2.0') {
      this.#sightings.sawTrouble('wrong', `a line on stdout is no JSON-RPC message: ${line.slice(0, 200)}`)
      return
    }
    if (message.id === null && message.error !== undefined) {
      this.#flushes.shift()?.()
      return
    }
    void this.#peer.receive(message).then((response) => {
      if (response) this.#write(response)
    })
  }

  #gone(how: string): void {
    this.#sightings.sawTrouble('crash', `the process ${how}${this.#said()}`)
    this.#peer.failAll(new Error(`the process ${how}`))
  }

  #said(): string {
    return this.#stderr === '' ? '' : `; stderr: ${this.#stderr.trim()}`
  }
}
