import type { FetchLike } from '@mcp-tether/client'
import type { Log } from '../log/log.js'
import type { HeaderRecord } from '../upstream/header-record.js'
import { describeFailure, unreachable } from './describe-failure.js'
import { contentType, describeRefusal } from './describe-refusal.js'
import { lingerMs } from './limits.js'
import { isNobody, oneLine, parseJson, rpcErrorOf } from './message.js'
import { deliverMessage } from './deliver-message.js'
import { memberText } from './member-text.js'
import type { PendingAnswers } from './pending-answers.js'
import type { LargeAnswer } from './large/large-answer.js'
import type { NotKept, ReceivedLarge } from './large/large-receiver.js'
import type { SpoolSpace } from './large/spool-space.js'
import { readAnswer } from './read-answer.js'
import { readBeginning, readText } from './read-text.js'
import { isRepeatable } from './repeatable-methods.js'
import { CallStream } from './resume-call-stream.js'
import { type ErrorDetails, forwardedErrorLine, outcomeUnknownLine, serverUnavailableLine } from './rpc-errors.js'
import { withTokenAdvice } from './token-advice.js'

/** How much of a refusal is read: its error, not a page. */
const maxRefusalBytes = 256 * 1024

/** Why the bridge itself ended a POST. */
export type AbortReason = 'cancelled' | 'superseded' | 'stopping'

/** What the messages of one session have in common. */
export interface PostOptions {
  readonly url: URL
  readonly fetch: FetchLike
  readonly headers: HeaderRecord
  /** Where an answer goes that is too large to be held; absent where whatever comes must be held to be looked into. */
  readonly space?: SpoolSpace | undefined
  readonly log: Log
  /** What must not appear in an error. */
  readonly secrets: readonly (string | undefined)[]
  readonly onResponse?: (response: Response) => void
  /** Opens the stream of a call again, from an event on. Absent where there is no session to do so in. */
  readonly resume?: ((lastEventId: string, signal: AbortSignal) => Promise<Response>) | undefined
  /** Names the session that the server knows now: what it calls one is not worth asking for in another. */
  readonly sessionMark: () => unknown
  /** Told in words that a user can act on, when there is no answer. */
  readonly onFailure?: (sentence: string) => void
}

/** One message on its way to the server, and what comes back for it. */
export class Post {
  readonly #body: string
  readonly #answers: PendingAnswers
  readonly #options: PostOptions
  readonly #abort = new AbortController()
  #abortReason: AbortReason | undefined
  /** Nothing more is awaited from the server than what has come. */
  #isRead = false
  #whole: Promise<void> | undefined

  /** @param body the message, as the host wrote it */
  constructor(body: string, answers: PendingAnswers, options: PostOptions) {
    this.#body = body
    this.#answers = answers
    this.#options = options
  }

  abort(reason: AbortReason): void {
    this.#abortReason ??= reason
    this.#abort.abort()
  }

  /** Resolves when the last byte of the answer was read. Never rejects. */
  get whole(): Promise<void> {
    return (this.#whole ??= this.#exchange())
  }

  /** Resolves when every request in the message has its answer, or the server has taken the message. Never rejects. */
  run(): Promise<void> {
    if (this.#answers.isSettled) return this.whole
    return new Promise((resolve) => {
      this.#answers.onSettled = () => {
        resolve()
        if (!this.#isRead) this.#linger()
      }
      void this.whole.then(resolve)
    })
  }

  /** The stream may go on after the answer; it takes nobody's place then, but not for ever. */
  #linger(): void {
    const timer = setTimeout(() => {
      this.#abort.abort()
    }, lingerMs)
    timer.unref()
    void this.whole.then(() => {
      clearTimeout(timer)
    })
  }

  async #exchange(): Promise<void> {
    const { url, fetch, headers, onResponse } = this.#options
    const { signal } = this.#abort
    let response: Response
    try {
      response = await fetch(url, { method: 'POST', headers, body: this.#body, signal })
    } catch (error) {
      await this.#failed(error)
      return
    }
    try {
      onResponse?.(response)
      await this.#receive(response)
    } catch (error) {
      await this.#brokeOff(`The answer of the MCP server at ${url.host} broke off: ${describeFailure(error).words}.`)
    }
  }

  async #receive(response: Response): Promise<void> {
    const { url, space } = this.#options
    if (this.#answers.isSettled) {
      await this.#acknowledged(response)
    } else if (!response.ok) {
      await this.#refused(response, (await readBeginning(response, maxRefusalBytes)).text)
    } else if (contentType(response) === 'text/event-stream' && response.body) {
      await this.#stream().read(response.body)
      await this.#brokeOff(`The stream of the MCP server at ${url.host} ended without the answer.`)
    } else {
      const answer = await (space ? readAnswer(response, space) : readText(response))
      this.#isRead = true
      if (typeof answer === 'string') await this.#received(response, answer)
      else await this.#receivedLarge(response, answer)
    }
  }

  #stream(): CallStream {
    const { resume, sessionMark, log, space } = this.#options
    const answers = this.#answers
    const mark = sessionMark()
    return new CallStream({
      deliver: async (message) => {
        const delivery = await deliverMessage(answers, message)
        if (delivery === 'no message') {
          log.warn('the server sent an event that is no JSON-RPC message; it was dropped')
        } else if (delivery !== 'delivered') await this.#notPassedOn(delivery)
      },
      space,
      awaited: () => !answers.isSettled,
      resume,
      sameSession: () => sessionMark() === mark,
      signal: this.#abort.signal,
      onResume: () => {
        log.detail('the stream ended before the answer: asking for what came after its last event')
      },
    })
  }

  /** A notification or an answer went out: whatever the server says to it, the host expects nothing. */
  async #acknowledged(response: Response): Promise<void> {
    const { log, secrets } = this.#options
    if (response.ok && contentType(response) === 'text/event-stream') {
      await response.body?.cancel()
      return
    }
    const { text } = await readBeginning(response, maxRefusalBytes)
    if (response.ok) return
    const { answer, quote } = describeRefusal(response, text, secrets)
    log.detail(`the server did not take the message: ${answer}${quote === '' ? '' : `: ${quote}`}`)
  }

  /** A whole answer that is no event stream. */
  async #received(response: Response, text: string): Promise<void> {
    const answers = this.#answers
    const { url } = this.#options
    if (text.trim() === '') {
      const status = describeRefusal(response, '', []).answer
      await this.#brokeOff(`The MCP server at ${url.host} answered ${status} and sent no result.`)
      return
    }
    const value = parseJson(text)
    const error = rpcErrorOf(value)
    const advised = error ? withTokenAdvice(text) : text
    if (error && isNobody(error.id)) await this.#forward(text)
    else if (await answers.deliver(advised, advised === text ? value : undefined))
      await this.#brokeOff(`The MCP server at ${url.host} sent another answer.`)
    else await this.#refused(response, text)
  }

  /** A whole answer that was too large to be held. */
  async #receivedLarge(response: Response, received: ReceivedLarge): Promise<void> {
    if (received.kind === 'no JSON') await this.#refused(response, received.beginning)
    else if (received.kind === 'not kept') await this.#notPassedOn(received)
    else {
      const { answer } = received
      try {
        await this.#deliverLarge(response, answer)
      } finally {
        await answer.close()
      }
    }
  }

  async #deliverLarge(response: Response, answer: LargeAnswer): Promise<void> {
    const { url } = this.#options
    const { verdict } = answer
    switch (verdict.kind) {
      case 'pass on':
        await this.#answers.deliverLarge(answer)
        await this.#brokeOff(`The MCP server at ${url.host} sent another answer.`)
        return
      case 'look into':
        await this.#received(response, await answer.text())
        return
      case 'no message':
        await this.#refused(response, await answer.beginning())
        return
      case 'not kept':
        await this.#notPassedOn(verdict)
    }
  }

  async #notPassedOn({ why, cause }: NotKept): Promise<void> {
    const { url, log } = this.#options
    const sentence = `The answer of the MCP server at ${url.host} could not be passed on: ${why}.`
    log.warn(sentence)
    const details = this.#details(cause === undefined ? {} : { cause })
    await this.#answers.fail((request) => outcomeUnknownLine(request, sentence, details))
  }

  /** An HTTP error, or something that is no MCP. */
  async #refused(response: Response, text: string): Promise<void> {
    const { url, secrets, onFailure } = this.#options
    const { status, answer, quote, advice } = describeRefusal(response, text, secrets)
    // What a user can do about a 401 is in the bridge's options, of which the server's own error knows nothing.
    const error = status === 401 ? undefined : rpcErrorOf(parseJson(text))
    const said = error || quote === '' ? '' : `: ${quote}`
    onFailure?.(`was answered ${answer}${error ? ' and a JSON-RPC error' : said}. ${advice}`)
    if (error) await this.#forward(text)
    const sentence = `The MCP server at ${url.host} answered ${answer}${said}. ${advice}`
    await this.#answers.fail((request) => serverUnavailableLine(request, sentence, this.#details({ status })))
  }

  /** The error of the server on the id of whoever asked: it may bear none, or one of its own making. */
  async #forward(text: string): Promise<void> {
    const answers = this.#answers
    const line = oneLine(text)
    const [request, ...others] = answers.open
    if (request && others.length === 0 && JSON.stringify(rpcErrorOf(parseJson(line))?.id) === request.key) {
      await answers.deliver(line)
      return
    }
    const errorText = memberText(line, 'error')
    if (errorText !== undefined) await answers.fail((each) => forwardedErrorLine(each, errorText))
  }

  /** No HTTP answer at all. */
  async #failed(error: unknown): Promise<void> {
    const { url, onFailure, log } = this.#options
    if (this.#abortReason !== undefined) {
      await this.#brokeOff('')
      return
    }
    const { code, words, maybeSent } = describeFailure(error)
    onFailure?.(`failed: ${words}. Check the address, and that the server is running.`)
    if (this.#answers.isSettled) log.detail(`a message did not reach the server: ${words}`)
    const details = this.#details(code === undefined ? {} : { cause: code })
    await this.#answers.fail((request) =>
      maybeSent && !isRepeatable(request.method)
        ? outcomeUnknownLine(request, `The connection to the MCP server at ${url.host} broke: ${words}.`, details)
        : serverUnavailableLine(request, unreachable(url, words, request.method, maybeSent), details),
    )
  }

  /** Answers what is still open after the request was sent. */
  async #brokeOff(happened: string): Promise<void> {
    const answers = this.#answers
    const { url, onFailure } = this.#options
    const reason = this.#abortReason
    if (answers.isSettled) return
    if (reason === 'superseded') {
      const sentence = 'Another initialize was sent before this one was answered.'
      await answers.fail((request) => serverUnavailableLine(request, sentence, this.#details({})))
      return
    }
    const words = reason === 'stopping' ? `The bridge to ${url.host} was stopped before the answer came.` : happened
    if (reason === undefined) onFailure?.(`got no result. ${words}`)
    await answers.fail((request) => outcomeUnknownLine(request, words, this.#details({})))
  }

  #details(details: Omit<ErrorDetails, 'server'>): ErrorDetails {
    return { ...details, server: this.#options.url.host }
  }
}
