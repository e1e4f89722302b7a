import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { legible } from './bytes.js'
import { Changes } from './changes.js'

/** One exchange as the server's socket saw it. */
export interface Exchange {
  method: string
  path: string
  /** Every header, in the order and spelling of the wire. */
  headers: string[]
  body: string
  status: number | undefined
  answerHeaders: string[]
  answerBody: string
  /** `cut` is an answer whose client went away. */
  end: 'open' | 'whole' | 'cut'
}

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void | Promise<void>
type Noted = Omit<Exchange, 'answerBody'> & { chunks: Uint8Array[] }

/** A real `node:http` server on a free port of 127.0.0.1 that notes every byte of its exchanges. */
export class RecordingServer extends Changes {
  readonly #exchanges: Noted[] = []
  readonly #server = createServer((request, response) => void this.#record(request, response))
  readonly #handler: Handler

  private constructor(handler: Handler) {
    super()
    this.#handler = handler
  }

  static async start(handler: Handler): Promise<RecordingServer> {
    const recording = new RecordingServer(handler)
    await new Promise<void>((resolve) => recording.#server.listen(0, '127.0.0.1', resolve))
    return recording
  }

  get authority(): string {
    return `127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`
  }

  get url(): URL {
    return new URL(`http://${this.authority}/mcp`)
  }

  /** In the order of the requests. */
  get exchanges(): Exchange[] {
    return this.#exchanges.map(({ chunks, ...exchange }) => ({ ...exchange, answerBody: legible(chunks) }))
  }

  get isQuiet(): boolean {
    return this.#exchanges.every(({ end }) => end !== 'open')
  }

  /** Resolves when this many answers to such requests have begun. */
  begun(count: number, isMeant: (exchange: Omit<Exchange, 'answerBody'>) => boolean): Promise<void> {
    return this.until(() => this.#exchanges.filter((it) => it.status !== undefined && isMeant(it)).length >= count)
  }

  /** Resolves when this many answers to such requests are at their end. */
  ended(count: number, isMeant: (exchange: Omit<Exchange, 'answerBody'>) => boolean): Promise<void> {
    return this.until(() => this.#exchanges.filter((it) => it.end !== 'open' && isMeant(it)).length >= count)
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve()
      })
    })
    this.#server.closeAllConnections()
    await closed
  }

  async #record(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { rawHeaders, method = '', url = '' } = request
    const headers = rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${rawHeaders[i + 1] ?? ''}`] : []))
    const exchange: Noted = {
      ...{ method, path: url, headers, body: '', status: undefined, answerHeaders: [], chunks: [], end: 'open' },
    }
    this.#exchanges.push(exchange)
    this.#noteAnswer(response, exchange)
    const body: Uint8Array[] = []
    for await (const chunk of request) body.push(chunk as Uint8Array)
    exchange.body = legible(body)
    this.changed()
    await this.#handler(request, response, exchange.body)
  }

  #noteAnswer(response: ServerResponse, exchange: Noted): void {
    const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse
    response.writeHead = (status: number, ...rest: unknown[]) => {
      exchange.status = status
      const set = Object.entries(response.getHeaders())
      const given = Object.entries(rest.find((it) => typeof it === 'object') ?? {})
      exchange.answerHeaders = [...set, ...given].map(([name, value]) => `${name}: ${String(value)}`)
      const result = writeHead(status, ...rest)
      this.changed()
      return result
    }
    const noted = (chunk: unknown, encoding: unknown): void => {
      if (typeof chunk === 'string') exchange.chunks.push(Buffer.from(chunk, encoding as BufferEncoding | undefined))
      else if (chunk instanceof Uint8Array) exchange.chunks.push(Uint8Array.from(chunk))
    }
    const write = response.write.bind(response) as (...args: unknown[]) => boolean
    response.write = (...args: unknown[]) => {
      noted(args[0], typeof args[1] === 'string' ? args[1] : undefined)
      return write(...args)
    }
    const end = response.end.bind(response) as (...args: unknown[]) => ServerResponse
    response.end = (...args: unknown[]) => {
      noted(args[0], typeof args[1] === 'string' ? args[1] : undefined)
      return end(...args)
    }
    response.on('close', () => {
      exchange.end = response.writableFinished ? 'whole' : 'cut'
      this.changed()
    })
  }
}
