import { AnswerBody, connectionReset, fetchFailed, type Cut } from './answer-body.js'
import { FetchedResponse } from './fetched-response.js'
import type { Ending, WireRecord } from './history.js'

/** The JSON-RPC message in a request's body. */
export interface Message {
  readonly id?: string | number
  readonly method?: string
  readonly params?: Readonly<Record<string, unknown>>
  readonly result?: { readonly content?: { readonly key?: string } }
}

/** One request under way between the engine and the server: settles once, and takes part in the wire log. */
export class Exchange {
  readonly record: WireRecord
  readonly message: Message
  readonly response: Promise<Response>
  body: AnswerBody | undefined
  /** The process that took it, once one has. */
  process: number | undefined
  cut: Cut | undefined
  /** What every answer to it carries, refusals aside. */
  echo: Readonly<Record<string, string>> = {}
  readonly #now: () => number
  #resolve: (response: Response) => void = () => undefined
  #reject: (reason: unknown) => void = () => undefined
  #isOpen = true
  #forgetSignal: () => void = () => undefined

  constructor(record: WireRecord, message: Message, signal: AbortSignal | null | undefined, now: () => number) {
    this.record = record
    this.message = message
    this.#now = now
    this.response = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    if (!signal) return
    const abort = () => {
      this.#abort(signal.reason)
    }
    if (signal.aborted) {
      abort()
      return
    }
    signal.addEventListener('abort', abort)
    this.#forgetSignal = () => {
      signal.removeEventListener('abort', abort)
    }
  }

  /** Whether it still waits for the head of its answer. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Answers it at once and whole. */
  answer(ending: Ending, status: number, headers: Readonly<Record<string, string>>, text: string): void {
    if (!this.#isOpen) return
    if (text === '') {
      this.#finish(ending)
      this.#settle(status, headers, undefined)
      this.#forgetSignal()
      return
    }
    // A refusal is told by words that may not be cut: a cut is for results.
    if (ending !== 'answered' || status !== 200) this.cut = undefined
    const body = this.#open(status, { ...headers, 'content-length': String(text.length) })
    const isWhole = body.write(text) && (body.isOpen || this.cut?.how === 'end')
    body.end()
    this.#finish(isWhole ? ending : 'cut')
  }

  /** Answers it with an event stream that is written later. */
  openStream(headers: Readonly<Record<string, string>>): AnswerBody | undefined {
    if (!this.#isOpen) return undefined
    return this.#open(200, { 'content-type': 'text/event-stream', ...headers })
  }

  refuseConnection(): void {
    this.#fail('not-started', fetchFailed('fetch failed', 'ECONNREFUSED'))
  }

  /** The connection is lost: before the head of the answer, or within its body. */
  reset(): void {
    if (this.#isOpen) this.#fail('broken-off', connectionReset())
    else this.body?.break()
  }

  /** Says how it ended, where that is known only later. */
  conclude(ending: Ending): void {
    if (this.record.ending === 'under-way') this.#finish(ending)
  }

  #open(status: number, headers: Readonly<Record<string, string>>): AnswerBody {
    const body = new AnswerBody(this.cut)
    this.body = body
    this.record.body = body.state
    body.onOver(() => {
      this.record.body = body.state
      this.record.bodyEndedAt = this.#now()
      this.conclude(body.state === 'read' || body.state === 'broken' ? 'cut' : 'aborted')
      this.#forgetSignal()
    })
    this.#settle(status, headers, body)
    return body
  }

  #settle(status: number, headers: Readonly<Record<string, string>>, body: AnswerBody | undefined): void {
    this.#isOpen = false
    this.record.status = status
    const all = status < 300 ? { ...this.echo, ...headers } : headers
    this.#resolve(new FetchedResponse(status, all, body) as unknown as Response)
  }

  #fail(ending: Ending, error: Error): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#finish(ending)
    this.#forgetSignal()
    this.#reject(error)
  }

  #abort(reason: unknown): void {
    if (this.#isOpen) {
      this.#isOpen = false
      this.conclude('aborted')
      this.#forgetSignal()
      this.#reject(reason)
    } else {
      this.body?.abort(reason)
    }
  }

  #finish(ending: Ending): void {
    this.record.ending = ending
    this.record.endedAt = this.#now()
  }
}
