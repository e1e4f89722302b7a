import { setTimeout as pause } from 'node:timers/promises'
import type { Dice } from '../base/random.js'
import { Hung, type Waits } from '../base/waits.js'
import { isAwaited } from '../judge/case-file.js'
import type { History, Operation, OperationRecord, SessionRecord, WireRecord } from '../judge/history.js'
import { isLostBeforeItsFirstEvent, outcomeOf } from './outcome.js'
import { createRawClient, type RawClient, type RequestSettings } from './raw-client.js'
import { watchedFetch } from './watched-fetch.js'

/** ms in which everything has to end, whatever is killed meanwhile. */
const operationLimit = 30_000
/** ms that a client takes for the answer to a question: mostly little, or calls would be killed before they are answered. */
const thinking = { short: 50, long: 700, isLong: 0.3 }

/** What an operation sends. */
export type Sending = (client: RawClient, key: string, settings: RequestSettings) => Promise<string | undefined>

export interface LoadContext {
  readonly url: URL
  readonly history: History
  readonly waits: Waits
  readonly dice: Dice
}

/** A session as its client sees it, and what is written down of it. */
export class SessionUnderLoad {
  readonly record: SessionRecord
  readonly dice: Dice
  /** As soon as the client was told. */
  sessionId: string | undefined
  /** What the session's requests go through, to be watched. */
  readonly fetch: ReturnType<typeof watchedFetch>
  readonly #client: RawClient
  readonly #context: LoadContext
  readonly #watchers = new Set<(record: WireRecord) => void>()
  readonly #listeners = new Set<() => void>()
  #operations = 0

  constructor(name: string, major: 'v1' | 'v2', context: LoadContext) {
    const { url, history, dice } = context
    this.#context = context
    this.dice = dice
    this.record = {
      name,
      client: major,
      isTold: false,
      isOpen: false,
      received: [],
      isBusyAtEnd: false,
      afterwards: [],
      complaints: [],
    }
    history.sessions.push(this.record)
    this.fetch = watchedFetch(name, history.wire, {
      onChange: (record) => {
        for (const watcher of [...this.#watchers]) watcher(record)
      },
      onSessionId: (sessionId) => {
        this.sessionId = sessionId
        this.record.isTold = true
      },
    })
    this.#client = createRawClient(major, url, this.fetch, {
      onAnnounced: (number) => {
        this.record.received.push(number)
        for (const listener of [...this.#listeners]) listener()
      },
      onAsked: async (asking) => {
        const answer = `${asking.key}, answer ${history.questions.length}`
        history.questions.push({ ...asking, answer })
        await pause(dice.between(0, dice.next() < thinking.isLong ? thinking.long : thinking.short))
        return answer
      },
      onComplaint: (text) => this.record.complaints.push(text),
    })
  }

  /** Shakes hands and waits for the standalone stream. @returns whether both worked; a kill may come at any moment */
  async open(): Promise<boolean> {
    const { waits } = this.#context
    const streaming = this.#untilWire(
      ({ method, bytes }) => method === 'GET' && bytes > 0,
      // Neither SDK tries a first GET again that failed.
      ({ method, ending, status }) => method === 'GET' && (status === undefined ? ending === 'broken' : status !== 200),
    )
    try {
      await waits.within(operationLimit, `${this.record.name} connects`, this.#client.connect())
      this.record.isOpen = await waits.within(operationLimit, `${this.record.name} gets its stream`, streaming)
    } catch (error) {
      if (error instanceof Hung) throw error
    }
    return this.record.isOpen
  }

  /** Does something once: it is only sent again where it was certainly never sent. Never rejects. */
  async perform(
    operation: Operation,
    details: Pick<OperationRecord, 'argument' | 'count'>,
    send: Sending,
  ): Promise<OperationRecord> {
    const { history, waits } = this.#context
    const key = `${this.record.name}.${operation}.${this.#operations++}`
    const record: OperationRecord = {
      key,
      session: this.record.name,
      operation,
      ...details,
      startedAt: Date.now(),
      notSent: 0,
      progress: [],
    }
    history.operations.push(record)
    const deadline = record.startedAt + operationLimit
    while (record.outcome === undefined) {
      let post: WireRecord | undefined
      const lost = new AbortController()
      const watcher = (request: WireRecord) => {
        if (request.key !== key || request.what === 'answer') return
        post = request
        if (isLostBeforeItsFirstEvent(request)) lost.abort()
      }
      this.#watchers.add(watcher)
      const settings = {
        timeout: Math.max(1, deadline - Date.now()),
        signal: lost.signal,
        onProgress: (step: number) => record.progress.push(step),
      }
      try {
        const text = await waits.within(operationLimit + 5_000, key, send(this.#client, key, settings))
        record.outcome = { kind: 'ok', text: text ?? '' }
      } catch (error) {
        const outcome =
          error instanceof Hung ? ({ kind: 'hung', text: error.message } as const) : outcomeOf(error, post)
        if (outcome !== undefined) record.outcome = outcome
        else if (Date.now() >= deadline) record.outcome = { kind: 'hung', text: 'no server took it' }
        else record.notSent++
      } finally {
        this.#watchers.delete(watcher)
      }
      if (record.outcome === undefined) await pause(50)
    }
    record.endedAt = Date.now()
    return record
  }

  /** Resolves when this announcement has come. @throws Hung */
  async heard(number: number): Promise<void> {
    const coming = new Promise<void>((resolve) => {
      const listener = () => {
        if (!this.record.received.includes(number)) return
        this.#listeners.delete(listener)
        resolve()
      }
      this.#listeners.add(listener)
      listener()
    })
    const { waits } = this.#context
    await waits.within(operationLimit, `announcement ${number} of ${this.record.name}`, coming)
  }

  /** DELETE, until the server confirms it. @param isBusy whether calls still run */
  async end(isBusy: boolean): Promise<void> {
    this.record.isBusyAtEnd = isBusy
    this.record.endingAt = Date.now()
    for (const deadline = Date.now() + operationLimit; ;) {
      let status: number | undefined
      const watcher = (request: WireRecord) => {
        if (request.method === 'DELETE') status = request.status
      }
      this.#watchers.add(watcher)
      const { waits } = this.#context
      await waits
        .within(operationLimit, `${this.record.name} is deleted`, this.#client.terminate())
        // Both SDKs reject on 404, which after a lost answer says that it is done.
        .catch(() => undefined)
      this.#watchers.delete(watcher)
      if (status === 200 || status === 404) break
      if (Date.now() > deadline) throw new Hung(`the DELETE of ${this.record.name}`, operationLimit)
      await pause(50)
    }
    this.record.deletedAt = Date.now()
  }

  /** Waits until nothing is left that a server would have to answer or to end, and no longer than so many ms. */
  async quiet(ms: number): Promise<void> {
    const { wire } = this.#context.history
    const isQuiet = () =>
      wire.every((one) => one.session !== this.record.name || !isAwaited(one) || one.endedAt !== undefined)
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer)
        this.#watchers.delete(watcher)
        resolve()
      }
      const watcher = () => {
        if (isQuiet()) done()
      }
      const timer = setTimeout(done, ms)
      this.#watchers.add(watcher)
      watcher()
    })
  }

  async close(): Promise<void> {
    await this.#client.close().catch(() => undefined)
  }

  /** @returns true at the first request that fits, false at one that never will */
  #untilWire(isIt: (record: WireRecord) => boolean, isOver: (record: WireRecord) => boolean): Promise<boolean> {
    return new Promise((resolve) => {
      const watcher = (record: WireRecord) => {
        if (!isIt(record) && !isOver(record)) return
        this.#watchers.delete(watcher)
        resolve(isIt(record))
      }
      this.#watchers.add(watcher)
    })
  }
}
