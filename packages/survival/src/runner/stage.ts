import type { ConnectOptions, Face, FaceClient, ToolCallOptions } from '../faces/face.js'
import type { FaultServer } from '../fault-server/fault-server.js'
import type { Exchange } from '../fault-server/exchange.js'
import { all, initialized, initializes, uses } from '../fault-server/match.js'
import type { Match } from '../fault-server/match.js'
import { toolResult } from '../fault-server/tools.js'
import type { ErrorMarks, Evidence, HearingExpectation, WireExpectation } from '../judge/evidence.js'
import { findable } from '../judge/mask.js'
import type { JsonObject } from '../wire/json.js'
import type { Message } from '../wire/json-rpc.js'
import { Call } from './call.js'

/** Thrown to leave a scenario that can't go on; what is wrong has been recorded. */
export class StageOver extends Error {}

/** A client on the stage, with the name it gave the server. */
export interface Player {
  readonly name: string
  readonly client: FaceClient
  /** Every notification so far. */
  readonly heard: readonly Message[]
}

/** Options of {@link Stage.call}. */
export interface CallOptions extends ToolCallOptions {
  /** The tool's `key` argument. @default one that no other call has */
  readonly key?: string
  /** More arguments. */
  readonly args?: JsonObject
}

const LONGEST_WAIT_MS = 3000

function isRedirect({ status }: Exchange): boolean {
  return status === 307 || status === 308
}

/** What a scenario plays on: the server, the clients, and a record of what must be and what was. */
export class Stage {
  readonly server: FaultServer
  readonly #face: Face
  readonly #over: AbortSignal
  readonly #players: Player[] = []
  readonly #calls: Call[] = []
  readonly #wire: WireExpectation[] = []
  readonly #hearing: HearingExpectation[] = []
  readonly #allowed = new Map<string, { tool: string; key: string; made: number; exactly?: number }>()
  readonly #secrets: string[] = []

  constructor(face: Face, server: FaultServer, over: AbortSignal) {
    this.#face = face
    this.server = server
    this.#over = over
  }

  /** Connects a client. A client that can't connect ends the scenario. */
  async connect({ path, ...options }: ConnectOptions & { readonly path?: string } = {}): Promise<Player> {
    const url = path === undefined ? this.server.url : this.server.urlOf(path)
    const name = options.clientName ?? 'survivor'
    const since = this.server.log.exchanges.at(-1)?.seq ?? 0
    const connecting = this.#face.connect(url, options)
    // A client that comes to life after the scenario is over is closed all the same.
    const heard: Message[] = []
    const work = connecting.then((client) => {
      client.onNotification((message) => heard.push(message))
      this.#players.push({ name, client, heard })
      if (this.#over.aborted) void client.close().catch(() => undefined)
      return client
    })
    const call = this.#add(`connect ${name}`, work)
    if (!(await this.expectAnswer(call))) throw new StageOver()
    const client = await work
    await this.#atRest(since)
    await client.flushed()
    return { name, client, heard }
  }

  /** Calls a tool. The expectation is the right answer, until an `expect…` says otherwise. */
  call({ name, client }: Player, tool: string, { key, args = {}, ...options }: CallOptions = {}): Call {
    const number = String(this.#calls.length)
    const fullArgs = { key: key ?? `k${number}`, nonce: `n${number}`, ...args }
    const allowed = this.#allowance(tool, fullArgs.key)
    allowed.made++
    return this.#add(
      `${tool}(${fullArgs.key})`,
      client.callTool(tool, fullArgs, options),
      toolResult(tool, fullArgs, name),
    )
  }

  /** Anything else a client is asked to do; the expectation is that it works. */
  act(label: string, work: Promise<unknown>, rightAnswer?: unknown): Call {
    return this.#add(label, work, rightAnswer)
  }

  /** The call must be answered rightly. Resolves when it settled, with whether it was answered at all. */
  async expectAnswer(call: Call): Promise<boolean> {
    call.expectation = { kind: 'answer', value: call.rightAnswer }
    return (await call.settled).kind === 'answer'
  }

  /** The call must end in an error with these marks. */
  async expectError(call: Call, marks: ErrorMarks = {}): Promise<void> {
    call.expectation = { kind: 'error', ...marks }
    await call.settled
  }

  /** The call must be answered rightly, or end in an error with these marks: a race that either side may win. */
  async expectAnswerOrError(call: Call, marks: ErrorMarks): Promise<void> {
    call.expectation = { kind: 'answer-or-error', value: call.rightAnswer, ...marks }
    await call.settled
  }

  /** The call must end in the error of an unknown outcome that names the tool: it may have run. */
  async expectOutcomeUnknown(call: Call): Promise<void> {
    const tool = call.label.split('(', 1)[0] ?? ''
    await this.expectError(call, { code: -32011, dataCode: 'outcome_unknown', says: new RegExp(tool) })
  }

  /** The call must end in the error of a failed recovery: told in full, and without a session id. */
  async expectFailedRecovery(call: Call, step: 'initialize' | 'initialized' | 'replay'): Promise<void> {
    await this.expectError(call, { code: -32010, dataCode: 'recovery_failed', step })
  }

  /** The caller gave the call up: an error, or an answer that came first. */
  async expectGivenUp(call: Call): Promise<void> {
    call.expectation = { kind: 'given-up' }
    await call.settled
  }

  /** The tool must have run exactly so often for this key, at the end. */
  expectExecutions(tool: string, key: string, exactly: number): void {
    this.#allowance(tool, key).exactly = exactly
  }

  /** Must hold of the wire log, at the end. */
  expectWire(description: string, holds: WireExpectation['holds']): void {
    this.#wire.push({ description, holds })
  }

  /** Must hold of the notifications that the client was shown, at the end. */
  expectHeard({ heard }: Player, description: string, holds: HearingExpectation['holds']): void {
    this.#hearing.push({ description, heard, holds })
  }

  /** Waits until the client is shown such a notification, past or to come. Says whether it came before a while. */
  async hears({ client, heard }: Player, matches: (message: Message) => boolean): Promise<boolean> {
    if (heard.some(matches)) return true
    return new Promise((resolve) => {
      const finish = (came: boolean) => () => {
        clearTimeout(timer)
        resolve(came)
      }
      const timer = setTimeout(finish(false), LONGEST_WAIT_MS)
      this.#over.addEventListener('abort', finish(false))
      client.onNotification((message) => {
        if (matches(message)) finish(true)()
      })
    })
  }

  /**
   * Waits for an exchange, as long as it can still come: until one of `unless` has settled (what was to cause it went
   * another way), or a while has passed. Says whether it came.
   */
  async see(matches: Match, unless: readonly Call[] = []): Promise<boolean> {
    return (await this.#seen(matches, unless)) !== undefined
  }

  /** Resolves when a client that connects has said everything it says by itself: what follows is the scenario's. */
  async #atRest(since: number): Promise<void> {
    const own: Match = (exchange) => exchange.seq > since && exchange.answeredSeq !== undefined && !isRedirect(exchange)
    const greeting = await this.#seen(all(initializes, own))
    if (!greeting) return
    await this.#seen(all(initialized, own))
    if (!this.#face.capabilities.has('listens')) return
    // One client opens a stream before it has a session, too: that is not the one.
    const inSession: Match = ({ sessionId }) => sessionId !== undefined || greeting.answeredSessionId === undefined
    await this.#seen(all(uses('GET'), own, inSession))
  }

  async #seen(matches: Match, unless: readonly Call[] = []): Promise<Exchange | undefined> {
    const giveUp = new AbortController()
    const stop = (): void => {
      giveUp.abort()
    }
    const timer = setTimeout(stop, LONGEST_WAIT_MS)
    this.#over.addEventListener('abort', stop)
    for (const call of unless) void call.settled.then(stop)
    try {
      return await this.server.log.waitFor(matches, giveUp.signal)
    } catch {
      return undefined
    } finally {
      clearTimeout(timer)
      this.#over.removeEventListener('abort', stop)
    }
  }

  /** Resolves when everything that was asked of the clients has settled. */
  async settled(): Promise<undefined> {
    await Promise.all(this.#calls.map((call) => call.settled))
    return undefined
  }

  /** Tells the report which texts must not be printed. */
  keepSecret(text: string): void {
    this.#secrets.push(text)
  }

  /** Ids and tokens that may not be printed. */
  get secrets(): readonly string[] {
    return findable([...this.server.mintedIds, ...this.#secrets])
  }

  /** Everything seen and expected so far. */
  evidence(overrun: boolean): Evidence {
    const wire: readonly Exchange[] = this.server.log.exchanges
    return {
      calls: this.#calls.map((call) => call.evidence),
      executions: [...this.#allowed.values()].map(({ tool, key, made, exactly }) => ({
        tool,
        key,
        count: this.server.executions.of(tool, key),
        least: exactly ?? 0,
        // Reads may be repeated; a tool without a hint may not.
        most: exactly ?? (tool === 'append_value' ? made : Infinity),
      })),
      wire,
      wireExpectations: this.#wire,
      hearingExpectations: this.#hearing,
      troubles: this.#players.flatMap(({ client }) => [
        ...client.troubles(),
        ...(client.sessionIds().length > 1
          ? [{ kind: 'wrong' as const, text: `the client was shown ${String(client.sessionIds().length)} session ids` }]
          : []),
      ]),
      overrun,
      secrets: this.secrets,
    }
  }

  /** Closes every client; errors of closing are nobody's business any more. */
  async clear(): Promise<void> {
    await Promise.allSettled(this.#players.map(({ client }) => client.close()))
  }

  #add(label: string, work: Promise<unknown>, rightAnswer?: unknown): Call {
    const call = new Call(label, work, this.#over, rightAnswer)
    this.#calls.push(call)
    return call
  }

  #allowance(tool: string, key: string) {
    const name = `${tool} ${key}`
    const known = this.#allowed.get(name)
    if (known) return known
    const fresh: { tool: string; key: string; made: number; exactly?: number } = { tool, key, made: 0 }
    this.#allowed.set(name, fresh)
    return fresh
  }
}
