import type { Seen } from './balancer.js'
import type { RawClient, RawClientKind } from './clients.js'
import { staysOpen } from './honesty.js'
import { watched, type Call } from './outcome.js'
import type { ReplicatedServer } from './start-replicas.js'

/** A client, its calls, and what the load balancer saw of them. */
export class Play {
  readonly server: ReplicatedServer
  readonly kind: RawClientKind
  readonly calls: Call[] = []
  /** How many questions the client was asked. */
  questions = 0
  /** What the client waits for before it answers one. */
  mayAnswer: Promise<void> = Promise.resolve()
  #client: RawClient | undefined

  constructor(server: ReplicatedServer, kind: RawClientKind) {
    this.server = server
    this.kind = kind
  }

  async connect(): Promise<void> {
    this.#client = await this.kind.connect(this.server.url, async () => {
      this.questions++
      this.server.happenings.tell()
      await this.mayAnswer
    })
  }

  /** In the modern era there are no sessions, no questions, and no stream to come back to. */
  get isModern(): boolean {
    return this.server.balancer.seen.every(({ sessionId }) => sessionId === undefined)
  }

  /** Whether the client comes back to a call that was cut. */
  get isResumed(): boolean {
    return this.kind.resumesCalls && !this.isModern
  }

  /** @param line of its own for each call */
  call(tool: 'add' | 'hold' | 'ask', line: string): Call {
    if (this.#client === undefined) throw new Error('The client is not connected.')
    const call = watched(line, this.#client.call(tool, { line }), () => {
      this.server.happenings.tell()
    })
    this.calls.push(call)
    return call
  }

  /** Several at once. @returns how they ended */
  async add(count: number, when: string): Promise<readonly unknown[]> {
    const calls = Array.from({ length: count }, (_, n) => this.call('add', `${when} ${n}`))
    return Promise.all(calls.map(({ ended }) => ended))
  }

  /** The request of a call. */
  post(line: string): Seen {
    const [post, ...others] = this.server.balancer.seen.filter((one) => one.line === line)
    if (post === undefined) throw new Error(`The call “${line}” was not sent.`)
    if (others.length > 0) throw new Error(`The call “${line}” was sent ${others.length + 1} times.`)
    return post
  }

  /** The requests with which the client came back to a call. */
  resumptions(line: string): readonly Seen[] {
    const { eventIds } = this.post(line)
    return this.server.balancer.seen.filter(
      ({ lastEventId }) => lastEventId !== undefined && eventIds.includes(lastEventId),
    )
  }

  /** Whether a connection is open on which the client came back to a call. */
  isStreamed(line: string): boolean {
    return this.resumptions(line).some(({ ending }) => ending === 'open')
  }

  /** Begins a call that takes its time, at that replica; resolves when the client can come back to it. */
  async begin(tool: 'hold' | 'ask', line: string, replica: string): Promise<Call> {
    const { balancer, begun } = this.server
    balancer.preferred = replica
    const call = this.call(tool, line)
    await this.until(`the call “${line}” is under way`, () => {
      // In the modern era nothing is sent before there is something to say.
      return begun.has(line) && (this.isModern || this.post(line).eventIds.length > 0)
    })
    balancer.preferred = undefined
    return call
  }

  /** Calls that have not ended for the client. */
  open(): readonly Call[] {
    return this.calls.filter((call) => call.outcome() === undefined)
  }

  canNotEnd(line: string): boolean {
    return staysOpen({ post: this.post(line), isResumed: this.isResumed })
  }

  until(what: string, isSo: () => boolean): Promise<void> {
    return this.server.happenings.until(`${what} (${this.kind.name})`, isSo)
  }

  async close(): Promise<void> {
    await this.#client?.close()
  }
}
