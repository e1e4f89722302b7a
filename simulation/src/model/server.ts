import { refuseAs, type DialectName } from '../schedule/dialects.js'
import type { ServerTraits } from '../schedule/schedule.js'
import type { Exchange } from './exchange.js'
import type { UpstreamRecord, WireRecord } from './history.js'
import { mistake } from './mistake.js'
import { sessionOfEvent, UpstreamSession } from './upstream-session.js'

export const jsonHeaders = { 'content-type': 'application/json' }

/** What a server does with a message that its session gate let through. */
export type Dispatch = (session: UpstreamSession, exchange: Exchange) => void

/**
 * The server of a simulation: it keeps real sessions, event streams and sign-ins. One object stands for all its
 * processes, one after the other.
 */
export class ModelServer {
  readonly upstream: UpstreamRecord[] = []
  process = 1
  isStateless = false
  refusal: DialectName
  /** How many of the next sessions die as soon as they are acknowledged. */
  stillborn = 0
  dispatch: Dispatch = () => undefined
  /** The token that each client has to bring. */
  readonly tokens = new Map<number, number>()
  /** Methods that were answered, for each client. */
  readonly answered = new Map<number, Set<string>>()
  readonly #traits: ServerTraits
  readonly #now: () => number
  #sessions = new Map<string, UpstreamSession>()
  #stateless = new Map<number, UpstreamSession>()
  #counted = 0

  constructor(traits: ServerTraits, now: () => number) {
    this.#traits = traits
    this.#now = now
    this.refusal = traits.refusal
  }

  get traits(): ServerTraits {
    return this.#traits
  }

  /** The sessions of a client that are alive. */
  sessionsOf(client: number | 'all'): UpstreamSession[] {
    return [...this.#sessions.values()].filter(({ record }) => client === 'all' || record.client === client)
  }

  /** The session that a client is on, if the server keeps sessions. */
  currentSession(client: number): UpstreamSession | undefined {
    // One that nobody has acknowledged was given up, even where its end was refused.
    const sessions = this.sessionsOf(client)
    return sessions.findLast(({ record }) => record.acknowledged) ?? sessions.at(-1)
  }

  forget(session: UpstreamSession, how: 'end' | 'reset' = 'end'): void {
    const { record, standalone } = session
    if (record.id !== undefined) this.#sessions.delete(record.id)
    record.isAlive = false
    if (how === 'end') standalone?.body?.end()
    else standalone?.body?.break()
  }

  /** Another process, which knows nothing. */
  restart(isStateless: boolean): void {
    this.process++
    for (const { record } of [...this.#sessions.values(), ...this.#stateless.values()]) record.isAlive = false
    this.#sessions = new Map()
    this.#stateless = new Map()
    this.#counted = 0
    this.isStateless = isStateless
  }

  isSignedIn({ record }: Exchange): boolean {
    return record.token >= (this.tokens.get(record.client) ?? 0)
  }

  handle(exchange: Exchange): void {
    const { record } = exchange
    exchange.process = this.process
    if (!this.isSignedIn(exchange)) {
      const headers = { ...jsonHeaders, 'www-authenticate': 'Bearer error="invalid_token"' }
      exchange.answer('challenged', 401, headers, '{"error":"invalid_token"}')
      return
    }
    if (record.what === 'initialize') {
      this.initialize(exchange)
      return
    }
    const session = this.#sessionFor(exchange)
    if (!session) {
      this.refuse(exchange)
      return
    }
    record.session = session.record
    if (this.#traits.echoesIds && session.record.id !== undefined)
      exchange.echo = { 'mcp-session-id': session.record.id }
    if (session.record.client !== record.client && !couldNotKnow(session.record, record.sentAt)) {
      mistake(record, `it was handled on the session of client ${String(session.record.client)}`)
    }
    this.dispatch(session, exchange)
  }

  /** Makes a session and returns it. */
  initialize(exchange: Exchange, version?: string): UpstreamSession | undefined {
    const { record, message } = exchange
    if (record.sessionId !== undefined) mistake(record, 'a session id was sent with initialize')
    const id = this.isStateless ? undefined : this.#newId(record.index)
    const upstream: UpstreamRecord = {
      number: this.upstream.length + 1,
      id,
      client: record.client,
      madeBy: record,
      toldAt: undefined,
      acknowledged: false,
      refusedBy: undefined,
      usurpedBy: undefined,
      deleted: false,
      isAlive: true,
    }
    for (const earlier of this.upstream) if (id !== undefined && earlier.id === id) earlier.usurpedBy ??= record.index
    this.upstream.push(upstream)
    record.session = upstream
    record.executed = true
    const session = new UpstreamSession(upstream, this.#traits.eventIds)
    if (id === undefined) this.#stateless.set(record.client, session)
    else this.#sessions.set(id, session)
    const protocolVersion = version ?? message.params?.protocolVersion
    const result = {
      protocolVersion,
      capabilities: { tools: { listChanged: true }, logging: {}, resources: { subscribe: true, listChanged: true } },
      serverInfo: { name: 'model', version: '1' },
    }
    if (!exchange.isOpen) return session
    upstream.toldAt = this.#now()
    exchange.answer(
      'answered',
      200,
      { ...jsonHeaders, ...(id === undefined ? {} : { 'mcp-session-id': id }) },
      JSON.stringify({ jsonrpc: '2.0', id: message.id, result }),
    )
    return session
  }

  /** Refuses a request as if its session were not known. */
  refuse(exchange: Exchange): void {
    const { record, message } = exchange
    const { client, sessionId } = record
    this.noteRefusal(record)
    const { dialect, replay, status, headers, body } = refuseAs(this.refusal, {
      method: record.method,
      id: message.method === undefined ? undefined : message.id,
      answeredBefore: this.answered.get(client)?.has(record.what) ?? false,
      carriedSession: sessionId !== undefined,
    })
    record.dialect = dialect
    record.replay = replay
    const leaked = this.#traits.leaksIds ? { 'mcp-session-id': `leaked-${String(record.index)}` } : {}
    exchange.answer('lost', status, { ...headers, ...(status === 200 ? {} : leaked) }, body)
  }

  /** Takes note of the session that is not known any more, by somebody's account. */
  noteRefusal(record: WireRecord): void {
    const { client, sessionId } = record
    const refused = this.upstream.findLast(
      (upstream) => upstream.client === client && (sessionId === undefined || upstream.id === sessionId),
    )
    if (refused) refused.refusedBy ??= record.index
    record.session ??= refused
  }

  /** An event id is good in its own session only. */
  checkEventId({ record }: Exchange, session: UpstreamSession): void {
    const { lastEventId } = record
    // It may have been sent before it could be known that the session's id is another's now.
    if (session.record.client !== record.client || couldNotKnow(session.record, record.sentAt)) return
    if (lastEventId !== undefined && sessionOfEvent(lastEventId) !== session.record.number) {
      mistake(record, `the event id ${lastEventId} is of another session`)
    }
  }

  #sessionFor({ record }: Exchange): UpstreamSession | undefined {
    const { sessionId, client } = record
    if (!this.isStateless) return sessionId === undefined ? undefined : this.#sessions.get(sessionId)
    return sessionId === undefined ? this.#stateless.get(client) : undefined
  }

  #newId(index: number): string {
    return this.#traits.ids === 'counted' ? String(++this.#counted) : `session-${String(index)}-of-the-model`
  }
}

/** Whether the engine could not know yet that this id, or the lack of one, belongs to another session now. */
function couldNotKnow({ id, madeBy, toldAt }: UpstreamRecord, sentAt: number): boolean {
  // Without an id, only an `initialize` whose answer came whole tells of it.
  return toldAt === undefined || toldAt >= sentAt || (id === undefined && madeBy.ending === 'cut')
}
