import type { AnswerBody } from './answer-body.js'
import type { UpstreamRecord } from './history.js'

/** An event stream of a session, as the server keeps it: it may be longer than what any connection has carried. */
export interface EventStream {
  readonly number: number
  readonly events: { readonly id: string; readonly text: string }[]
  /** The connection that carries it now. */
  body: AnswerBody | undefined
  /** Nothing more will come. */
  isDone: boolean
}

export interface PendingQuestion {
  readonly key: string
  readonly answered: () => void
}

/** A session as one process of the server knows it. */
export class UpstreamSession {
  readonly record: UpstreamRecord
  logLevel: string | undefined
  readonly subscriptions = new Set<string>()
  readonly questions = new Map<unknown, PendingQuestion>()
  readonly streams: EventStream[] = []
  standalone: EventStream | undefined
  readonly #keepsEvents: boolean
  #nextQuestion = 0

  constructor(record: UpstreamRecord, keepsEvents: boolean) {
    this.record = record
    this.#keepsEvents = keepsEvents
  }

  /** Servers count their questions from 0 in every session. */
  newQuestionId(): number {
    return this.#nextQuestion++
  }

  newStream(body: AnswerBody): EventStream {
    const stream: EventStream = { number: this.streams.length, events: [], body, isDone: false }
    this.streams.push(stream)
    // An event without content tells the client where it can resume from before anything has happened.
    if (this.#keepsEvents) this.#send(stream, '')
    return stream
  }

  /** Sends a message on a stream. Returns whether it got to the connection whole. */
  emit(stream: EventStream, message: object): boolean {
    return this.#send(stream, JSON.stringify({ jsonrpc: '2.0', ...message }))
  }

  /** Ends a stream after its last event. */
  finish(stream: EventStream): void {
    stream.isDone = true
    stream.body?.end()
  }

  /** The stream that has this event, and the event's place in it. */
  find(eventId: string): { readonly stream: EventStream; readonly index: number } | undefined {
    for (const stream of this.streams) {
      const index = stream.events.findIndex(({ id }) => id === eventId)
      if (index >= 0) return { stream, index }
    }
    return undefined
  }

  /** Goes on with a stream on another connection. Returns whether what was missing got through. */
  resume(stream: EventStream, index: number, body: AnswerBody): boolean {
    stream.body?.end()
    stream.body = body
    const isWhole = stream.events.slice(index + 1).every(({ text }) => body.write(text))
    if (stream.isDone) body.end()
    return isWhole
  }

  #send(stream: EventStream, data: string): boolean {
    const id = `${String(this.record.number)}.${String(stream.number)}.${String(stream.events.length)}`
    const text = this.#keepsEvents ? `id: ${id}\ndata: ${data}\n\n` : `event: message\ndata: ${data}\n\n`
    stream.events.push({ id, text })
    return stream.body?.write(text) ?? false
  }
}

/** The session that an event id belongs to. */
export function sessionOfEvent(eventId: string): number {
  return Number(eventId.split('.')[0])
}
