import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { bodyStream } from './body-stream.js'
import { readUpTo, readWhole } from './read-whole.js'
import { SocketHeaders } from './socket-headers.js'

/** Where the body of an answer comes from, and until when. */
export interface BodySource {
  readonly message: IncomingMessage
  /** The message, or what decodes it. */
  readonly source: Readable
  readonly reusedSocket: boolean
  readonly signal: AbortSignal | undefined
}

/**
 * An answer that is read straight from its socket: `text()` needs no web stream, `headers.get()` no `Headers`. Whatever
 * else is asked of it, a real `Response` answers, made then. For small answers the difference is most of what a bridge
 * costs. It is no `instanceof Response`: it goes to the engine and the bridge, which ask for none.
 */
export class SocketResponse implements Response {
  readonly status: number
  readonly statusText: string
  readonly headers: Headers
  readonly url: string
  readonly type = 'default'
  readonly redirected = false
  /** Tells the engine that it may change the headers where they are. */
  readonly isUnshared = true
  readonly #from: BodySource
  #body: NonNullable<Response['body']> | undefined
  #real: Response | undefined
  #wasRead = false

  constructor(from: BodySource, url: string, rawHeaders: readonly string[]) {
    const { message } = from
    this.#from = from
    this.url = url
    this.status = message.statusCode ?? 0
    this.statusText = message.statusMessage ?? ''
    this.headers = new SocketHeaders(rawHeaders)
    // It may break before anybody reads it, which whoever reads it will hear of.
    from.source.on('error', ignore)
  }

  get ok(): boolean {
    return this.status >= 200 && this.status <= 299
  }

  get body(): NonNullable<Response['body']> {
    if (this.#body) return this.#body
    const { source, message, reusedSocket, signal } = this.#from
    const body = this.#wasRead ? new Response('').body : bodyStream(source, message, reusedSocket, signal)
    return (this.#body = body as NonNullable<Response['body']>)
  }

  get bodyUsed(): boolean {
    return this.#wasRead || this.#real?.bodyUsed === true
  }

  async text(): Promise<string> {
    this.#mustBeUnread()
    if (this.#body) return this.#response().text()
    this.#wasRead = true
    return readWhole(this.#from)
  }

  /** As `text()`; a body of more than `maxBytes` comes as a stream instead, from its beginning. */
  async textOrBody(maxBytes: number): Promise<string | ReadableStream<Uint8Array>> {
    this.#mustBeUnread()
    if (this.#body) return this.#body
    this.#wasRead = true
    const text = await readUpTo(this.#from, maxBytes)
    if (text !== undefined) return text
    const { source, message, reusedSocket, signal } = this.#from
    return bodyStream(source, message, reusedSocket, signal)
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text()) as unknown
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    this.#mustBeUnread()
    return this.#response().arrayBuffer()
  }

  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await this.arrayBuffer())
  }

  async blob(): Promise<Blob> {
    this.#mustBeUnread()
    return this.#response().blob()
  }

  async formData(): Promise<FormData> {
    this.#mustBeUnread()
    return this.#response().formData()
  }

  clone(): Response {
    this.#mustBeUnread()
    return this.#response().clone()
  }

  #mustBeUnread(): void {
    if (this.#wasRead) throw new TypeError('Body is unusable: Body has already been read')
  }

  #response(): Response {
    if (this.#real) return this.#real
    const { status, statusText, headers } = this
    return (this.#real = new Response(this.body, { status, statusText, headers }))
  }
}

function ignore(): void {
  // See the constructor.
}
