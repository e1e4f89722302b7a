import { causeOf } from '../recovery/failure.js'
import { resumeDelayMs } from '../recovery/reopening.js'
import { outwardEventId } from '../session/event-ids.js'
import { secretsOf } from '../session/secrets.js'
import type { VirtualSession } from '../session/virtual-session.js'
import type { JsonRpcId } from '../wire/json-rpc.js'
import { afterBreak } from './after-break.js'
import { EventRules, type Passage, type SeenEvent } from './event-rules.js'
import { readServerMessages } from './server-message.js'
import {
  VirtualStream,
  type Continuation,
  type StreamOwner,
  type UpstreamEnd,
  type UpstreamStream,
} from './virtual-stream.js'

/** What came of asking the server to go on with a stream. */
export type Resumed =
  | { readonly kind: 'opened'; readonly body: ReadableStream<Uint8Array> }
  /** The client's own sign-in has to answer it. */
  | { readonly kind: 'challenged'; readonly cause: string }
  /** It will not, or not in this session: asking again is of no use. */
  | { readonly kind: 'refused'; readonly cause: string }
  /** Not now. */
  | { readonly kind: 'away'; readonly cause: string; readonly retryAfterMs: number | undefined }

/** A call whose stream broke for good, so that its outcome is unknown. */
export interface BrokenOff {
  readonly cause: string
  /** False when it has had effects that it must not have twice. */
  readonly mayRepeat: boolean
  /** Since when nothing was heard of it, as the clock counts. */
  readonly since: number
  /** Aborts when the client lets go of the stream. */
  readonly left: AbortSignal
}

/** What is to be done for a call's stream, and what it has to know. Durations in milliseconds. */
export interface CallStreamWork {
  readonly session: VirtualSession
  readonly tag: string
  /** The ids that the client waits for. */
  readonly requestIds: readonly JsonRpcId[]
  readonly outageBudgetMs: number
  readonly random: () => number
  readonly now: () => number
  /** The caller's. */
  readonly signal: AbortSignal | undefined
  /** True while the session is known to be lost, and another is made. */
  readonly isBeingRenewed: () => boolean
  /** True when the client took the request back. */
  readonly isTakenBack: () => boolean
  /** Waits, no longer than the caller does. Resolves with false when the client took the request back meanwhile. */
  readonly wait: (ms: number, left: AbortSignal) => Promise<boolean>
  readonly resume: (lastEventId: string, left: AbortSignal) => Promise<Resumed>
  /** Sends the request again if that is safe, and says that its outcome is unknown if not. */
  readonly askAnew: (brokenOff: BrokenOff) => Promise<Continuation>
  readonly onNotification: (method: string) => void
  readonly onInterrupted: (cause: string) => void
  readonly onResumed: () => void
  /** @param lastEventId as the client knows it; `undefined` when it can't come back to this stream */
  readonly onOver: (isAnswered: boolean, lastEventId: string | undefined, hasAsked: boolean) => void
  readonly watchStall: StreamOwner['watchStall']
}

/**
 * The event stream that answers one POST. It ends with an answer to every request in it, or when nobody wants that any
 * more, whatever becomes of the stream that the server began.
 */
export class CallStream implements StreamOwner {
  readonly body: ReadableStream<Uint8Array>
  readonly outbox = undefined
  readonly watchStall: StreamOwner['watchStall']
  readonly #work: CallStreamWork
  readonly #rules: EventRules
  readonly #awaited: Set<JsonRpcId>
  #upstream: UpstreamStream
  #isContinuation = false
  #hasAsked = false
  #retryMs: number | undefined
  /** Since when nothing was heard of the call. */
  #silentSince: number | undefined
  #barrenTries = 0
  #lastOutwardEventId: string | undefined

  /**
   * @param isContinuation whether the client has had the beginning of it
   * @param lastEventId up to which event, as the server gave its id
   */
  constructor(work: CallStreamWork, first: UpstreamStream, isContinuation = false, lastEventId?: string) {
    this.#work = work
    this.watchStall = work.watchStall
    this.#awaited = new Set(work.requestIds)
    this.#upstream = first
    this.#isContinuation = isContinuation
    this.#rules = new EventRules(work.session, work.tag, {
      isAnswered: (id) => work.requestIds.includes(id) && !this.#awaited.has(id),
      onAnswer: (id) => this.#awaited.delete(id),
      onQuestion: () => (this.#hasAsked = true),
      onNotification: work.onNotification,
    })
    if (lastEventId !== undefined) this.#rules.goOnAfter(lastEventId)
    this.body = new VirtualStream(this, first).body
  }

  onUpstream(upstream: UpstreamStream): void {
    this.#isContinuation ||= upstream !== this.#upstream
    if (upstream.epoch !== this.#upstream.epoch) this.#rules.forgetEventIds()
    this.#upstream = upstream
  }

  judge(event: SeenEvent): Passage | undefined {
    const { epoch } = this.#upstream
    const admitted = this.#rules.judge(event, { epoch, isContinuation: this.#isContinuation })
    if (!admitted) return undefined
    this.#silentSince = undefined
    this.#barrenTries = 0
    const { lastEventId } = this.#rules
    if (lastEventId !== undefined) {
      this.#lastOutwardEventId = outwardEventId(this.#work.tag, { epoch, id: lastEventId })
    }
    return admitted
  }

  onRetry(ms: number): void {
    this.#retryMs = ms
  }

  mayPassAsIs(): boolean {
    return this.#upstream.epoch === this.#work.session.epoch
  }

  isComplete(): boolean {
    return this.#isContinuation && this.#awaited.size === 0
  }

  onOver(): void {
    this.#work.onOver(this.#awaited.size === 0, this.#lastOutwardEventId, this.#hasAsked)
  }

  isFinished(): boolean {
    return this.#awaited.size === 0
  }

  async afterEnd(end: UpstreamEnd, signalLeft: () => AbortSignal): Promise<Continuation> {
    const { session, now, onInterrupted } = this.#work
    if (this.#isUnwanted()) {
      this.#work.signal?.throwIfAborted()
      if (end.cause === 'broke') throw end.error
      return { kind: 'close' }
    }
    const cause = causeIn(end, session)
    onInterrupted(cause)
    const left = signalLeft()
    this.#silentSince ??= now()
    if (end.cause !== 'too-long') return this.#goOn(cause, this.#silentSince, left)
    return this.#askAnew({ cause, mayRepeat: false, since: this.#silentSince, left })
  }

  /** Answers that the client has had are not shown to it again. */
  async #askAnew(brokenOff: BrokenOff): Promise<Continuation> {
    const next = await this.#work.askAnew(brokenOff)
    if (next.kind === 'upstream') return next
    const context = { epoch: this.#work.session.epoch, isContinuation: true }
    const messages = next.messages?.map((data) => {
      const passage = this.#rules.judge({ id: undefined, messages: readServerMessages(data) }, context)
      return passage?.rewrite ? passage.rewrite(data) : passage && data
    })
    return { kind: 'close', messages: messages?.filter((data) => data !== undefined) ?? [] }
  }

  async #goOn(firstCause: string, since: number, left: AbortSignal): Promise<Continuation> {
    const { wait, resume, random, onResumed } = this.#work
    let cause = firstCause
    let retryMs = this.#retryMs
    for (let isResumeRefused = false; ;) {
      const { lastEventId } = this.#rules
      const verdict = afterBreak({
        isUnwanted: this.#isUnwanted(),
        isSessionCurrent: this.#isSessionCurrent(),
        hasEventId: lastEventId !== undefined,
        isResumeRefused,
      })
      if (verdict === 'close') {
        this.#work.signal?.throwIfAborted()
        return { kind: 'close' }
      }
      if (verdict === 'ask-anew' || lastEventId === undefined) {
        return this.#askAnew({ cause, mayRepeat: !this.#hasAsked, since, left })
      }
      const waitMs = resumeDelayMs({ barrenTries: this.#barrenTries++, retryMs, random: random() })
      isResumeRefused = waitMs > this.#budgetLeft(since)
      if (isResumeRefused || !(await wait(waitMs, left)) || !this.#isSessionCurrent()) continue

      const resumed = await resume(lastEventId, left)
      if (resumed.kind === 'opened') {
        onResumed()
        // A server that names a time to come back ends its streams on purpose: that is no outage, however long it goes on.
        if (this.#retryMs !== undefined) this.#silentSince = undefined
        return { kind: 'upstream', upstream: { body: resumed.body, epoch: this.#upstream.epoch, asIs: false } }
      }
      cause = resumed.cause
      // Clients come back to a stream that broke, by themselves, and sign in where they are told to.
      if (resumed.kind === 'challenged' && this.#lastOutwardEventId !== undefined) throw new TypeError(cause)
      isResumeRefused = resumed.kind === 'refused'
      retryMs = resumed.kind === 'away' ? (resumed.retryAfterMs ?? this.#retryMs) : retryMs
    }
  }

  #budgetLeft(since: number): number {
    return this.#work.outageBudgetMs - (this.#work.now() - since)
  }

  #isSessionCurrent(): boolean {
    const { session, isBeingRenewed } = this.#work
    return session.epoch === this.#upstream.epoch && !session.lost && !isBeingRenewed()
  }

  #isUnwanted(): boolean {
    const { session, signal, isTakenBack } = this.#work
    return isTakenBack() || signal?.aborted === true || session.closing || session.ended
  }
}

function causeIn({ cause, error }: UpstreamEnd, session: VirtualSession): string {
  switch (cause) {
    case 'broke':
      return `the event stream broke off before the answer came (${causeOf(error, secretsOf(session))})`
    case 'stalled':
      return 'the event stream brought nothing for too long'
    case 'too-long':
      return 'the answer is longer than what can be taken'
    case 'ended':
    case 'replaced':
      return 'the event stream ended before the answer came'
  }
}
