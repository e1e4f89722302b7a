import type { Clock } from '@mcp-tether/client'
import type { CallPlan } from '../schedule/schedule.js'
import type { Exchange } from './exchange.js'
import type { QuestionRecord } from './history.js'
import { mistake } from './mistake.js'
import { jsonHeaders, type ModelServer } from './server.js'
import type { EventStream, UpstreamSession } from './upstream-session.js'

/** How long a tool waits for its client's answer. */
const maxAnswerMs = 20_000

export const subscribed = (value: number) => `model://resource/${String(value % 4)}`
export const levels = ['debug', 'info', 'warning', 'error'] as const

/** Works on the requests that the session gate let through. */
export class CallWork {
  readonly questions: QuestionRecord[] = []
  readonly #server: ModelServer
  readonly #clock: Clock
  #notes = 0

  constructor(server: ModelServer, clock: Clock) {
    this.#server = server
    this.#clock = clock
  }

  newNote(): object {
    return { method: 'notifications/message', params: { level: 'info', data: { note: ++this.#notes } } }
  }

  /** Runs a request as planned and answers it in its time. */
  run(session: UpstreamSession, exchange: Exchange, plan: CallPlan): void {
    const { record } = exchange
    record.executed = true
    const result = this.#resultOf(session, exchange)
    const { process } = this.#server
    const isAlive = () => process === this.#server.process
    if (record.fault === 'silent') return
    const reply = { id: exchange.message.id, result }
    if (!plan.streamed) {
      this.#clock.schedule(() => {
        if (!isAlive() || !exchange.isOpen) return
        this.#noteAnswered(exchange)
        exchange.answer('answered', 200, jsonHeaders, JSON.stringify({ jsonrpc: '2.0', ...reply }))
      }, plan.workMs)
      return
    }
    const body = exchange.openStream({})
    if (!body) return
    const stream = session.newStream(body)
    for (let note = 0; note < plan.notes; note++) {
      const at = (plan.workMs * (note + 1)) / (plan.notes + 1)
      this.#clock.schedule(() => {
        if (isAlive()) session.emit(stream, this.newNote())
      }, at)
    }
    const finish = () => {
      if (!isAlive() || stream.isDone) return
      if (session.emit(stream, reply)) {
        this.#noteAnswered(exchange)
        exchange.conclude('answered')
      }
      session.finish(stream)
    }
    this.#clock.schedule(() => {
      if (!isAlive()) return
      if (plan.asks === undefined) finish()
      else this.#ask(session, stream, exchange, finish)
    }, plan.workMs)
  }

  /** Takes a client's answer to a question. */
  takeAnswer(session: UpstreamSession, { record, message }: Exchange): void {
    const question = session.questions.get(message.id)
    const key = message.result?.content?.key
    if (!question) return
    if (question.key !== key) {
      mistake(record, `the answer to ${String(key)} reached the question ${question.key}`)
      return
    }
    session.questions.delete(message.id)
    question.answered()
  }

  #ask(session: UpstreamSession, stream: EventStream, { record }: Exchange, answered: () => void): void {
    const id = session.newQuestionId()
    const question: QuestionRecord = {
      client: record.client,
      key: `${record.key}/${String(session.record.number)}/${String(id)}`,
      session: session.record.number,
      askedAt: this.#clock.now(),
      receivedAt: undefined,
      answeredAt: undefined,
      withdrawnAt: undefined,
      reachedAt: undefined,
    }
    this.questions.push(question)
    const giveUp = this.#clock.schedule(answered, maxAnswerMs)
    session.questions.set(id, {
      key: question.key,
      answered: () => {
        giveUp()
        question.reachedAt = this.#clock.now()
        answered()
      },
    })
    session.emit(stream, { id, method: 'elicitation/create', params: { message: 'Which?', key: question.key } })
  }

  #resultOf(session: UpstreamSession, { record, message }: Exchange): object {
    const { params = {} } = message
    const said = { key: record.key }
    switch (record.what) {
      case 'logging/setLevel':
        session.logLevel = String(params.level)
        return said
      case 'resources/subscribe':
        session.subscriptions.add(String(params.uri))
        return said
      case 'resources/unsubscribe':
        session.subscriptions.delete(String(params.uri))
        return said
      case 'tools/list':
        return { ...said, tools }
      default:
        return said
    }
  }

  /** From here on the client knows that this method works in its session. */
  #noteAnswered({ record }: Exchange): void {
    const methods = this.#server.answered.get(record.client) ?? new Set()
    this.#server.answered.set(record.client, methods.add(record.what))
  }
}

const inputSchema = { type: 'object' }
const tools = [
  { name: 'unhinted', inputSchema },
  { name: 'read-only', inputSchema, annotations: { readOnlyHint: true } },
  { name: 'idempotent', inputSchema, annotations: { idempotentHint: true } },
]
