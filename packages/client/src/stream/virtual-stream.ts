import type { Outbox } from '../session/outbox.js'
import { encodeEvent } from '../wire/sse.js'
import { PassingRelay } from './passing-relay.js'
import type { EventJudge, Relay } from './relay.js'
import { RewritingRelay } from './rewriting-relay.js'

/** An upstream event stream, and the epoch of the session that it was opened in. */
export interface UpstreamStream {
  readonly body: ReadableStream<Uint8Array>
  readonly epoch: number
  /** Its bytes may pass as they are, as long as {@link StreamOwner.mayPassAsIs} says so. */
  readonly asIs: boolean
}

/** How an upstream ended. */
export interface UpstreamEnd {
  readonly cause: 'ended' | 'broke' | 'stalled' | 'replaced' | 'too-long'
  /** What reading it failed with, when it broke. */
  readonly error?: unknown
}

/** What the client's stream goes on with after an upstream ended. */
export type Continuation =
  | { readonly kind: 'upstream'; readonly upstream: UpstreamStream }
  /** These messages, and then it ends. */
  | { readonly kind: 'close'; readonly messages?: readonly string[] }

/** Decides about a virtual stream. */
export interface StreamOwner extends EventJudge {
  /** Told before an upstream is read. */
  readonly onUpstream: (upstream: UpstreamStream) => void
  /** False as soon as events of the current upstream have to be changed or held back. */
  readonly mayPassAsIs: () => boolean
  /** True when the client has all it waits for, so that an upstream that stays open is of no use. */
  readonly isComplete: () => boolean
  /** True when nothing follows this end: the client's stream ends as well. */
  readonly isFinished: (end: UpstreamEnd) => boolean
  /**
   * Finds out how to go on. Rejects to end the client's stream with that error.
   * @param left makes the signal that aborts when the client lets go of its stream: mostly nobody needs one
   */
  readonly afterEnd: (end: UpstreamEnd, left: () => AbortSignal) => Promise<Continuation>
  /** The client's stream is over, in whatever way. Called once. */
  readonly onOver: () => void
  /** Notifications of our own that ride along between two events. */
  readonly outbox: Outbox | undefined
  /** Calls back when the upstream has brought nothing for too long. Returns how to stop that. */
  readonly watchStall: ((onStalled: () => void) => () => void) | undefined
}

type Step = { readonly kind: 'chunk'; readonly chunk: Uint8Array } | { readonly kind: 'end'; readonly end: UpstreamEnd }

const ended: Step = { kind: 'end', end: { cause: 'ended' } }
const encoder = new TextEncoder()
const noBytes = new Uint8Array()

/**
 * An event stream towards the client that outlives the upstream streams behind it. It reads no faster than the client
 * does and holds no more than the event that is on its way.
 */
export class VirtualStream {
  readonly body: ReadableStream<Uint8Array>
  readonly #owner: StreamOwner
  readonly #stopListening: (() => void) | undefined
  #upstream: UpstreamStream
  /** `undefined` until the upstream is read. */
  #current: { relay: Relay; readonly reader: ReadableStreamDefaultReader<Uint8Array> } | undefined
  #reading: Promise<Step> | undefined
  /** What becomes of what a reader brings, made once for all that it brings. */
  #passTo:
    | {
        readonly read: (result: ReadableStreamReadResult<Uint8Array>) => Promise<void> | undefined
        readonly broke: (error: unknown) => Promise<void> | undefined
      }
    | undefined
  /** How the upstream ended, until it is known how to go on. */
  #end: UpstreamEnd | undefined
  #interruption: UpstreamEnd['cause'] | undefined
  #wake: (() => void) | undefined
  #pulling: Promise<void> | undefined
  #leaving: AbortController | undefined
  #hasLeft = false
  /** Nothing comes after what the client has got. */
  #isAtEnd = false
  #isOver = false

  constructor(owner: StreamOwner, first: UpstreamStream) {
    this.#owner = owner
    this.#upstream = first
    this.#stopListening = owner.outbox?.onAdded(() => this.#wake?.())
    this.body = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          const canBeWoken = owner.outbox !== undefined || owner.watchStall !== undefined
          return (this.#pulling = canBeWoken ? this.#pull(controller) : this.#pullFromUpstream(controller))
        },
        cancel: (reason) => this.#leave(reason),
      },
      { highWaterMark: 0 },
    )
  }

  /** Ends the current upstream: what it still brings is of no use. */
  interrupt(cause: 'replaced' | 'stalled'): void {
    this.#interruption = cause
    this.#wake?.()
  }

  /** Gives the client what comes next. */
  async #pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    try {
      let bytes: Uint8Array | undefined
      do bytes = await this.#next()
      while (bytes?.byteLength === 0)
      if (this.#hasLeft) return
      if (bytes) {
        controller.enqueue(bytes)
      } else {
        this.#over()
        controller.close()
      }
    } catch (error) {
      this.#over()
      throw error
    }
  }

  /** The same where nobody but the upstream has anything to say, as on most streams: with a third of the promises. */
  #pullFromUpstream(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    if (this.#end || this.#isAtEnd) return this.#pull(controller)
    const { reader } = (this.#current ??= this.#begin())
    this.#passTo ??= {
      read: ({ done, value }) => this.#pass(done ? ended : { kind: 'chunk', chunk: value }, controller),
      broke: (error) => this.#pass({ kind: 'end', end: { cause: 'broke', error } }, controller),
    }
    return reader.read().then(this.#passTo.read, this.#passTo.broke)
  }

  #pass(step: Step, controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> | undefined {
    if (this.#hasLeft) return undefined
    try {
      const bytes = this.#take(step)
      if (bytes.byteLength > 0) {
        controller.enqueue(bytes)
        return undefined
      }
      if (!this.#end || !this.#owner.isFinished(this.#end)) return this.#pull(controller)
      this.#over()
      controller.close()
      return undefined
    } catch (error) {
      this.#over()
      throw error
    }
  }

  /** The client lets go of its stream. */
  async #leave(reason: unknown): Promise<void> {
    this.#hasLeft = true
    this.#leaving?.abort(reason)
    this.#wake?.()
    try {
      await (this.#current?.reader ?? this.#upstream.body).cancel(reason)
      await this.#pulling?.catch(() => undefined)
    } finally {
      this.#over()
    }
  }

  #over(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#stopListening?.()
    this.#owner.onOver()
  }

  /** What the next step brings: often a piece, sometimes no bytes, `undefined` at the end. */
  async #next(): Promise<Uint8Array | undefined> {
    if (this.#hasLeft || this.#isAtEnd) return undefined
    if (this.#end) return this.#goOnAfter(this.#end)
    const { relay, reader } = (this.#current ??= this.#begin())
    const injected = this.#injected(relay)
    if (injected) return injected
    this.#reading ??= stepOf(reader.read())
    const step = await this.#unlessWoken(this.#reading)
    if (step === undefined) {
      if (!this.#interruption) return noBytes
      this.#end = { cause: this.#interruption }
      reader.cancel().catch(() => undefined)
      return relay.end()
    }
    this.#reading = undefined
    return this.#take(step)
  }

  /** What the client gets of what the upstream has brought. */
  #take(step: Step): Uint8Array {
    const current = (this.#current ??= this.#begin())
    const { relay, reader } = current
    if (step.kind === 'end') {
      this.#end = step.end
      return relay.end()
    }
    if (relay instanceof PassingRelay && !this.#owner.mayPassAsIs() && relay.isBetweenEvents) {
      // From the next event on, what is judged counts.
      current.relay = new RewritingRelay(this.#owner)
    }
    const out = current.relay.push(step.chunk)
    if (current.relay.overflowed) this.#end = { cause: 'too-long' }
    else if (this.#owner.isComplete()) this.#end = { cause: 'ended' }
    if (this.#end) reader.cancel().catch(() => undefined)
    return out
  }

  #begin(): { relay: Relay; reader: ReadableStreamDefaultReader<Uint8Array> } {
    const { body, asIs } = this.#upstream
    this.#interruption = undefined
    this.#owner.onUpstream(this.#upstream)
    const relay = asIs ? new PassingRelay(this.#owner) : new RewritingRelay(this.#owner)
    return { relay, reader: body.getReader() }
  }

  async #goOnAfter(end: UpstreamEnd): Promise<Uint8Array> {
    if (this.#owner.isFinished(end)) {
      this.#isAtEnd = true
      return noBytes
    }
    const next = await this.#owner.afterEnd(end, () => (this.#leaving ??= new AbortController()).signal)
    if (next.kind === 'close') {
      this.#isAtEnd = true
      return encodedEvents(next.messages ?? [])
    }
    this.#upstream = next.upstream
    this.#current = undefined
    this.#reading = undefined
    this.#end = undefined
    if (this.#hasLeft) await next.upstream.body.cancel()
    return noBytes
  }

  /** `undefined` when something else has to be looked at before the upstream brings more. */
  #unlessWoken(reading: Promise<Step>): Promise<Step | undefined> {
    return new Promise((resolve) => {
      const stopWatching = this.#owner.watchStall?.(() => {
        this.interrupt('stalled')
      })
      const settle = (step: Step | undefined) => {
        stopWatching?.()
        this.#wake = undefined
        resolve(step)
      }
      this.#wake = () => {
        settle(undefined)
      }
      void reading.then(settle)
      if (this.#interruption) settle(undefined)
    })
  }

  #injected(relay: Relay): Uint8Array | undefined {
    const { outbox } = this.#owner
    return !outbox || outbox.isEmpty || !relay.isBetweenEvents ? undefined : encodedEvents(outbox.takeAll())
  }
}

function encodedEvents(messages: readonly string[]): Uint8Array {
  return encoder.encode(messages.map((data) => encodeEvent({ data })).join(''))
}

function stepOf(read: Promise<ReadableStreamReadResult<Uint8Array>>): Promise<Step> {
  return read.then(
    ({ done, value }): Step => (done ? ended : { kind: 'chunk', chunk: value }),
    (error: unknown): Step => ({ kind: 'end', end: { cause: 'broke', error } }),
  )
}
