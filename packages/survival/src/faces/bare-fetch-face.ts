import { isObject, tryJson } from '../wire/json.js'
import type { JsonObject } from '../wire/json.js'
import { notification } from '../wire/json-rpc.js'
import type { Message } from '../wire/json-rpc.js'
import { sseReader } from '../wire/sse.js'
import type { Capability, ConnectOptions, Face, FaceClient, FetchLike, PostAnswer, ToolCallOptions } from './face.js'
import { manyListeners } from '../wire/many-listeners.js'
import { RpcError, toOutcome } from './outcome.js'
import { Peer } from './peer.js'
import { closeAll, fetchFor, sdkCapabilities, someTurns } from './sdk-options.js'
import type { SdkFaceOptions } from './sdk-options.js'
import { Sightings } from './sightings.js'

/** What the SDKs do that this client leaves alone. */
const beyond: ReadonlySet<Capability> = new Set(['redirects', 'signs-in'])

/** A client written by hand on a fetch: as little as the protocol allows, and free to send any body. */
export function bareFetchFace(options: SdkFaceOptions = {}): Face {
  const capabilities: Capability[] = ['raw-messages', ...sdkCapabilities.filter((each) => !beyond.has(each))]
  if (options.stackedFetch) capabilities.push('stacked')
  return {
    name: options.name ?? 'bare fetch',
    capabilities: new Set(capabilities),
    async connect(url, connectOptions = {}) {
      const client = new BareClient(url, fetchFor(options, connectOptions), connectOptions)
      await client.start()
      return client
    },
  }
}

class BareClient implements FaceClient {
  readonly fetch: FetchLike
  readonly #url: string
  readonly #extraHeaders: Readonly<Record<string, string>>
  readonly #sightings = new Sightings()
  readonly #peer: Peer
  readonly #closed = manyListeners(new AbortController())
  #sessionId: string | undefined
  #protocolVersion: string | undefined

  constructor(url: string, fetch: FetchLike, options: ConnectOptions) {
    this.#url = url
    this.fetch = fetch
    this.#extraHeaders = options.headers ?? {}
    this.#peer = new Peer(options, this.#sightings)
  }

  async start(): Promise<void> {
    const { message, answer } = this.#peer.initialize()
    const { headers } = await this.#post(JSON.stringify(message))
    const value = await answer
    this.#sessionId = headers.get('mcp-session-id') ?? undefined
    if (isObject(value) && typeof value.protocolVersion === 'string') this.#protocolVersion = value.protocolVersion
    await this.notify('notifications/initialized')
    this.#listen().catch(() => undefined)
  }

  callTool(name: string, args: JsonObject, { signal, onProgress }: ToolCallOptions = {}): Promise<unknown> {
    return this.#call(this.#peer.openToolCall(name, args, onProgress), signal)
  }

  listTools(cursor?: string): Promise<unknown> {
    return this.request('tools/list', cursor === undefined ? {} : { cursor })
  }

  request(method: string, params?: JsonObject): Promise<unknown> {
    return this.#call(this.#peer.open(method, params))
  }

  async notify(method: string, params?: JsonObject): Promise<void> {
    const { status } = await this.post(JSON.stringify(notification(method, params)))
    if (status >= 400) throw new RpcError(status, `HTTP ${String(status)} to ${method}`)
  }

  async post(body: string, options: { readonly signal?: AbortSignal } = {}): Promise<PostAnswer> {
    const { status, messages } = await this.#post(body, options.signal, 'only read')
    return { status, messages }
  }

  onNotification(listener: (message: Message) => void): void {
    this.#sightings.onNotification(listener)
  }

  sessionIds(): readonly string[] {
    return this.#sightings.sessionIds
  }

  troubles(): ReturnType<FaceClient['troubles']> {
    return this.#sightings.troubles
  }

  flushed(): Promise<void> {
    return someTurns()
  }

  close(): Promise<void> {
    return closeAll(
      async () => {
        if (this.#sessionId === undefined) return
        const response = await this.fetch(this.#url, { method: 'DELETE', headers: this.#headers() })
        await response.body?.cancel()
        if (!response.ok && response.status !== 405) throw new RpcError(response.status, 'DELETE was refused')
      },
      () => {
        this.#closed.abort()
        return Promise.resolve()
      },
    )
  }

  /** A call of which the caller gets the result, or an error with the HTTP status as its code. */
  async #call({ message, answer }: ReturnType<Peer['open']>, signal?: AbortSignal): Promise<unknown> {
    this.#post(JSON.stringify(message), signal).then(
      ({ status, text }) => {
        this.#peer.fail(message.id, new RpcError(status, `HTTP ${String(status)}: ${text.slice(0, 2000)}`))
      },
      (error: unknown) => {
        this.#peer.fail(message.id, error)
      },
    )
    return answer
  }

  async #post(body: string, signal?: AbortSignal, received: 'received' | 'only read' = 'received') {
    const response = await this.fetch(this.#url, {
      method: 'POST',
      headers: this.#headers({ 'content-type': 'application/json', accept: 'application/json, text/event-stream' }),
      body,
      signal: signal ? AbortSignal.any([signal, this.#closed.signal]) : this.#closed.signal,
    })
    this.#sightings.sawSessionId(response.headers.get('mcp-session-id'))
    const messages: Message[] = []
    const text = await this.#read(response, messages, response.ok && received === 'received')
    return { status: response.status, headers: response.headers, messages, text }
  }

  /** Reads an answer to its end; each message of it is received, if it is to be, the moment it is whole. */
  async #read(response: Response, messages: Message[], received: boolean): Promise<string> {
    const take = (value: unknown): void => {
      for (const message of (Array.isArray(value) ? value : [value]).filter(isObject)) {
        messages.push(message)
        if (received) this.#receive(message)
      }
    }
    if (response.headers.get('content-type')?.startsWith('text/event-stream') !== true) {
      const text = await response.text()
      take(tryJson(text))
      return text
    }
    const decoder = new TextDecoder()
    const feed = sseReader(({ data, event = 'message' }) => {
      if (event === 'message') take(tryJson(data))
    })
    const chunks = response.body as unknown as AsyncIterable<Uint8Array> | null
    for await (const chunk of chunks ?? []) feed(decoder.decode(chunk, { stream: true }))
    return JSON.stringify(messages)
  }

  #receive(message: Message): void {
    void this.#peer.receive(message).then((response) => {
      if (response) this.#respond(response)
    })
  }

  #respond(response: Message): void {
    this.#post(JSON.stringify(response)).then(
      ({ status }) => {
        if (status >= 400) this.#sightings.sawTrouble('wrong', `a response to the server got HTTP ${String(status)}`)
      },
      (error: unknown) => {
        if (this.#closed.signal.aborted) return
        this.#sightings.sawTrouble('wrong', `a response to the server failed: ${JSON.stringify(toOutcome(error))}`)
      },
    )
  }

  /** The standalone stream, opened once: this client leaves it to its fetch to bring it back. */
  async #listen(): Promise<void> {
    const response = await this.fetch(this.#url, {
      headers: this.#headers({ accept: 'text/event-stream' }),
      signal: this.#closed.signal,
    })
    this.#sightings.sawSessionId(response.headers.get('mcp-session-id'))
    if (response.ok) await this.#read(response, [], true)
    else await response.body?.cancel()
  }

  #headers(more: Readonly<Record<string, string>> = {}): Record<string, string> {
    return {
      ...this.#extraHeaders,
      ...more,
      ...(this.#sessionId === undefined ? {} : { 'mcp-session-id': this.#sessionId }),
      ...(this.#protocolVersion === undefined ? {} : { 'mcp-protocol-version': this.#protocolVersion }),
    }
  }
}
