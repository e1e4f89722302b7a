import type { Clock } from '../base/clock.js'
import { reopenDelayMs } from '../recovery/reopening.js'
import type { VirtualSession } from '../session/virtual-session.js'
import { EventRules, type Passage, type SeenEvent } from './event-rules.js'
import {
  VirtualStream,
  type Continuation,
  type StreamOwner,
  type UpstreamEnd,
  type UpstreamStream,
} from './virtual-stream.js'
import { nothing } from './nothing.js'
import { waitOrChange } from './wait-or-change.js'

/** What came of opening the stream once more. */
export type Reopened =
  | { readonly kind: 'opened'; readonly body: ReadableStream<Uint8Array>; readonly epoch: number }
  /** The server offers none in this session. */
  | { readonly kind: 'none' }
  /** The client's own sign-in has to answer it, and it is known to have one. */
  | { readonly kind: 'challenged' }
  /**
   * Not now. `forgetsEvents`: it was asked to go on after an event, and may have stumbled over just that.
   * `wantsSignIn`: with another `Authorization` it may be opened at once.
   */
  | {
      readonly kind: 'away'
      readonly retryAfterMs: number | undefined
      readonly forgetsEvents: boolean
      readonly wantsSignIn: boolean
    }

/** What is to be done for the standalone stream, and what it has to know. */
export interface StandaloneStreamWork {
  readonly session: VirtualSession
  readonly tag: string
  readonly clock: Clock
  readonly random: () => number
  /** The client's: aborts when it wants no stream any more. */
  readonly signal: AbortSignal | undefined
  /** Opens it once more; gets the session through a loss. `lastEventId` is of the session's current epoch. */
  readonly open: (lastEventId: string | undefined, left: AbortSignal) => Promise<Reopened>
  readonly onNotification: (method: string) => void
  readonly onInterrupted: (cause: string) => void
  readonly onResumed: () => void
  readonly onOver: () => void
}

/** After so many tries in vain, a stream that was never open counts as not offered until the session is a new one. */
const maxFirstTries = 6
/** An upstream that held this long was a good one, even if it brought nothing. */
const goodStreamMs = 10_000

/**
 * The stream for what a server has to say of its own accord (MCP 2025-11-25, Transports, Listening for Messages from
 * the Server). Towards the client it stays open as long as the client wants it: its upstream is opened again whenever
 * it ends, and in the new session after a recovery. A failure of it is never one of the session.
 */
export class StandaloneStream implements StreamOwner {
  readonly body: ReadableStream<Uint8Array>
  readonly outbox: StreamOwner['outbox']
  readonly watchStall = undefined
  readonly #work: StandaloneStreamWork
  readonly #rules: EventRules
  readonly #stream: VirtualStream
  readonly #stopListening: () => void
  #upstream: UpstreamStream
  #openedAt: number
  #isContinuation = false
  /** It is after all the rest of a call's stream, and the answer has come. */
  #isAnswered = false
  #wasOpen: boolean
  #retryMs: number | undefined
  #barrenTries = 0

  /**
   * @param first `undefined` when the server could not be asked yet
   * @param lastEventId up to which event the client has had it, as the server gave its id
   */
  constructor(work: StandaloneStreamWork, first: UpstreamStream | undefined, lastEventId?: string) {
    const { session, tag, clock, onNotification } = work
    this.#work = work
    this.outbox = session.outbox
    this.#wasOpen = first !== undefined || lastEventId !== undefined
    this.#upstream = first ?? { body: nothing(), epoch: session.epoch, asIs: false }
    this.#openedAt = clock.now()
    this.#rules = new EventRules(session, tag, { onAnswer: () => (this.#isAnswered = true), onNotification })
    if (lastEventId !== undefined) this.#rules.goOnAfter(lastEventId)
    this.#stream = new VirtualStream(this, this.#upstream)
    this.#stopListening = session.changed.add(() => {
      this.#interruptIfOutlived()
    })
    this.body = this.#stream.body
  }

  onUpstream(upstream: UpstreamStream): void {
    this.#isContinuation = upstream !== this.#upstream
    if (upstream.epoch !== this.#upstream.epoch) this.#rules.forgetEventIds()
    this.#upstream = upstream
    this.#openedAt = this.#work.clock.now()
    this.#interruptIfOutlived()
  }

  judge(event: SeenEvent): Passage | undefined {
    this.#barrenTries = 0
    return this.#rules.judge(event, { epoch: this.#upstream.epoch, isContinuation: this.#isContinuation })
  }

  onRetry(ms: number): void {
    this.#retryMs = ms
  }

  mayPassAsIs(): boolean {
    return this.#upstream.epoch === this.#work.session.epoch
  }

  isComplete(): boolean {
    return false
  }

  onOver(): void {
    this.#stopListening()
    this.#work.onOver()
  }

  isFinished({ cause }: UpstreamEnd): boolean {
    const isRestOfCall = this.#isAnswered && cause === 'ended'
    return isRestOfCall || this.#isUnwanted()
  }

  async afterEnd({ cause }: UpstreamEnd, signalLeft: () => AbortSignal): Promise<Continuation> {
    const { session, clock, signal, open, onInterrupted, onResumed } = this.#work
    const left = signalLeft()
    if (this.#wasOpen) onInterrupted(causes[cause])
    if (clock.now() - this.#openedAt >= goodStreamMs) this.#barrenTries = 0
    let waitMs = cause === 'replaced' ? 0 : this.#delay(undefined)
    let changes = [session.changed]
    for (;;) {
      await waitOrChange(clock, waitMs, changes, [left, signal])
      if (this.#isUnwanted()) return { kind: 'close' }
      const { epoch, newestHeaders } = session
      const { authorizationChanges } = newestHeaders
      const reopened = await open(epoch === this.#upstream.epoch ? this.#rules.lastEventId : undefined, left)
      if (reopened.kind === 'opened') {
        this.#wasOpen = true
        onResumed()
        return { kind: 'upstream', upstream: { body: reopened.body, epoch: reopened.epoch, asIs: false } }
      }
      // Clients open a stream that broke again, and sign in where they are told to.
      if (reopened.kind === 'challenged') throw new TypeError('the server wants the client to sign in again')
      if (reopened.kind === 'away' && reopened.forgetsEvents) this.#rules.forgetEventIds()
      const wantsSignIn = reopened.kind === 'away' && reopened.wantsSignIn
      changes = wantsSignIn ? [session.changed, newestHeaders.changed] : [session.changed]
      const hasSignedIn = wantsSignIn && newestHeaders.authorizationChanges !== authorizationChanges
      waitMs = session.epoch === epoch && !hasSignedIn ? this.#waitAfter(reopened) : 0
    }
  }

  #waitAfter(reopened: Exclude<Reopened, { kind: 'opened' | 'challenged' }>): number {
    const isNone = reopened.kind === 'none' || (!this.#wasOpen && this.#barrenTries >= maxFirstTries)
    return isNone ? Infinity : this.#delay(reopened.retryAfterMs)
  }

  #delay(retryAfterMs: number | undefined): number {
    const retryMs = retryAfterMs ?? this.#retryMs
    return reopenDelayMs({ barrenTries: this.#barrenTries++, retryMs, random: this.#work.random() })
  }

  /** What an upstream of an earlier session still brings is of no use. */
  #interruptIfOutlived(): void {
    const { ended, epoch } = this.#work.session
    if (ended || epoch !== this.#upstream.epoch) this.#stream.interrupt('replaced')
  }

  #isUnwanted(): boolean {
    const { session } = this.#work
    return session.closing || session.ended
  }
}

const causes: Readonly<Record<UpstreamEnd['cause'], string>> = {
  ended: 'the server ended it',
  broke: 'it broke off',
  stalled: 'it brought nothing for too long',
  replaced: 'the session was renewed',
  'too-long': 'an event was longer than what can be taken',
}
