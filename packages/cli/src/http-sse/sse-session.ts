import type { FetchLike } from '@mcp-tether/client'
import { contentType } from '../bridge/describe-refusal.js'
import { idKey, isObject, isRpc, otherIdKey, parseJson } from '../bridge/message.js'
import type { LargeAnswer } from '../bridge/large/large-answer.js'
import type { ReceivedLarge } from '../bridge/large/large-receiver.js'
import { carriesMessage, type StreamEvent } from '../bridge/read-events.js'
import { readText } from '../bridge/read-text.js'
import type { Log } from '../log/log.js'
import { bodyTerminated, codedError, fetchFailed } from '../upstream/failure.js'
import { Exchange } from './exchange.js'
import { Outlet } from './outlet.js'
import { eventStreamResponse } from './responses.js'
import { routeOf } from './route.js'

export interface SseSessionOptions {
  readonly endpoint: URL
  readonly events: AsyncGenerator<StreamEvent, void, undefined>
  /** Ends the event stream. */
  readonly life: AbortController
  readonly fetch: FetchLike
  readonly log: Log
  /** Called once, when the stream is gone and the session with it. */
  readonly onOver: () => void
}

/**
 * A session of an HTTP+SSE server: one event stream that brings everything, and an address that takes messages. It is
 * read one message at a time, each when the one before was taken, so that a host that reads slowly slows the server.
 */
export class SseSession {
  readonly #options: SseSessionOptions
  readonly #open = new Set<Exchange>()
  #standalone: Outlet | undefined
  #isOver = false
  #isRetired = false
  #waiting: (() => void)[] = []

  constructor(options: SseSessionOptions) {
    this.#options = options
    void this.#read()
  }

  /** True when it has ended, and its stream. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** Sends a message. What answers it comes as an event stream, as from a server of Streamable HTTP. */
  async post(init: RequestInit): Promise<Response> {
    const exchange = this.#exchange(init)
    const sending = this.#send(init)
    if (exchange.isAnswered) {
      const response = await sending
      if (!response.ok) return response
      void response.body?.cancel().catch(() => undefined)
      return new Response(null, { status: 202 })
    }
    try {
      // A server may hold its acknowledgement until the tool has run; what the tool says meanwhile comes earlier.
      const response = await Promise.race([sending, exchange.outlet.hasMessage])
      if (response && !response.ok) {
        exchange.outlet.end()
        return response
      }
      if (response) await this.#takeBody(response)
      else void this.#watchLate(sending, exchange)
      // Whoever begins a session has to know whether there is one.
      if (exchange.isInitialize) await exchange.outlet.hasMessage
      init.signal?.throwIfAborted()
      if (exchange.failure) throw exchange.failure
      return eventStreamResponse(exchange.outlet.body)
    } catch (error) {
      exchange.outlet.end()
      throw error
    }
  }

  /** What the server says of its own accord. `undefined` when somebody has that stream already. */
  listen(signal: AbortSignal | null | undefined): Response | undefined {
    signal?.throwIfAborted()
    if (this.#standalone) return undefined
    const outlet = new Outlet(() => {
      this.#standalone = undefined
      signal?.removeEventListener('abort', leave)
    })
    const leave = (): void => {
      outlet.fail(signal?.reason)
    }
    signal?.addEventListener('abort', leave, { once: true })
    this.#standalone = outlet
    this.#wake()
    return eventStreamResponse(outlet.body)
  }

  /** The server has shown that it lives. */
  stayAlive(): void {
    for (const { outlet } of this.#open) outlet.stayAlive()
    this.#standalone?.stayAlive()
  }

  /** Another session has taken its place: it ends when nobody waits for an answer in it any more. */
  retire(): void {
    this.#isRetired = true
    this.#standalone?.end()
    if (this.#open.size === 0) this.end()
  }

  /** Ends it and its stream. */
  end(): void {
    this.#options.life.abort()
    this.#over(new Error('the session was ended'))
  }

  async #read(): Promise<void> {
    const { events, life } = this.#options
    let cause: Error = codedError('UND_ERR_SOCKET', 'the server ended its event stream')
    try {
      for await (const event of events) if (carriesMessage(event)) await this.#take(await event.data.take())
    } catch (error) {
      cause = error instanceof Error && error.cause instanceof Error ? error.cause : (error as Error)
    }
    life.abort()
    this.#over(cause)
  }

  async #take(received: string | ReceivedLarge): Promise<void> {
    if (typeof received === 'string') await this.#deliver(parseJson(received), received)
    else if (received.kind === 'no JSON') this.#dropped()
    else if (received.kind === 'not kept') throw tooLarge(received.why)
    else await this.#takeLarge(received.answer).finally(() => received.answer.close())
  }

  async #takeLarge(answer: LargeAnswer): Promise<void> {
    const { verdict } = answer
    switch (verdict.kind) {
      case 'pass on':
        await this.#deliver({ jsonrpc: '2.0', ...answer.head }, answer)
        return
      case 'look into':
        await this.#take(await answer.text())
        return
      case 'no message':
        this.#dropped()
        return
      case 'not kept':
        // Whoever waits for it can't be told from the others.
        throw tooLarge(verdict.why)
    }
  }

  #dropped(): void {
    this.#options.log.warn('the server sent an event that is no JSON-RPC message; it was dropped')
  }

  /** @param message what the text means, as far as its way depends on it */
  async #deliver(message: unknown, text: string | LargeAnswer): Promise<void> {
    for (;;) {
      const route = routeOf(message, [...this.#open], this.#standalone !== undefined)
      if (route.to === 'later' && !this.#isOver) {
        await new Promise<void>((resolve) => {
          this.#waiting.push(resolve)
        })
        continue
      }
      if (route.to === 'exchange') await this.#answer(route.exchange, message, text)
      else if (route.to === 'standalone') await this.#standalone?.write(text)
      else if (!isRpc(message)) this.#dropped()
      return
    }
  }

  async #answer(exchange: Exchange, message: unknown, text: string | LargeAnswer): Promise<void> {
    const members: readonly unknown[] = Array.isArray(message) ? message : [message]
    const answers = members.filter((member) => isObject(member) && !('method' in member)) as readonly { id?: unknown }[]
    for (const { id } of answers) {
      for (const key of [idKey(id), otherIdKey(id)])
        if (key !== undefined) for (const each of this.#open) each.answered(key)
    }
    await exchange.outlet.write(text)
    for (const each of this.#open) if (each.isAnswered) each.outlet.end()
    if (exchange.isInitialize && isObject(message) && 'error' in message) this.end()
  }

  #exchange({ body, signal }: RequestInit): Exchange {
    const leave = (): void => {
      exchange.outlet.fail(signal?.reason)
    }
    const exchange = new Exchange(typeof body === 'string' ? body : '', () => {
      signal?.removeEventListener('abort', leave)
      this.#close(exchange)
    })
    if (exchange.isAnswered) return exchange
    signal?.addEventListener('abort', leave, { once: true })
    this.#open.add(exchange)
    this.#wake()
    return exchange
  }

  /** The acknowledgement of a message that something was heard of before. It may still be a refusal. */
  async #watchLate(sending: Promise<Response>, exchange: Exchange): Promise<void> {
    try {
      const response = await sending
      if (response.ok) {
        await this.#takeBody(response)
        return
      }
      void response.body?.cancel().catch(() => undefined)
      throw codedError('UND_ERR_SOCKET', `the message was answered ${response.status}`)
    } catch (error) {
      if (!exchange.isAnswered) exchange.breakOff(bodyTerminated(error as Error, false))
    }
  }

  /** Some servers answer in the POST itself; what is no message there ("Accepted") says nothing. */
  async #takeBody(response: Response): Promise<void> {
    if (response.status !== 200 || contentType(response) !== 'application/json') {
      void response.body?.cancel().catch(() => undefined)
      return
    }
    const text = await readText(response)
    // It is taken when its reader comes, who gets the stream from here.
    const message = parseJson(text)
    if (isRpc(message)) void this.#deliver(message, text)
  }

  #send(init: RequestInit): Promise<Response> {
    const { fetch, endpoint, life } = this.#options
    const headers = new Headers(init.headers)
    headers.delete('mcp-session-id')
    const signal = init.signal ? AbortSignal.any([init.signal, life.signal]) : life.signal
    return fetch(endpoint, { ...init, headers, signal }).catch((error: unknown) => {
      init.signal?.throwIfAborted()
      // The stream went first: whether the message had arrived is not known.
      if (!life.signal.aborted) throw error
      throw fetchFailed(codedError('ECONNRESET', 'the event stream broke off'), { sent: true, reusedSocket: false })
    })
  }

  #close(exchange: Exchange): void {
    this.#open.delete(exchange)
    if (exchange.isInitialize && !exchange.isAnswered) this.end()
    if (this.#isRetired && this.#open.size === 0) this.end()
  }

  #over(cause: Error): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#options.onOver()
    const broken = bodyTerminated(cause, false)
    for (const exchange of [...this.#open]) {
      if (exchange.isAnswered) exchange.outlet.end()
      else exchange.breakOff(broken)
    }
    this.#standalone?.fail(broken)
    this.#wake()
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}

function tooLarge(why: string): Error {
  return codedError('ERR_TOO_LARGE', `a message could not be passed on: ${why}`)
}
