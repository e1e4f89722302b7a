import type { Outbox } from '../session/outbox.js'
import { encodeEvent } from '../wire/sse.js'
import { Relay, type EventJudge } from './relay.js'

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
  /** Finds out how to go on. Rejects to end the client's stream with that error. */
  readonly afterEnd: (end: UpstreamEnd, left: AbortSignal) => Promise<Continuation>
  /** The client's stream is over, in whatever way. Called once. */
  readonly onOver: () => void
  /** Notifications of our own that ride along between two events. */
  readonly outbox: Outbox | undefined
  /** Calls back when the upstream has brought nothing for too long. Returns how to stop that. */
  readonly watchStall: ((onStalled: () => void) => () => void) | undefined
}

type Step = { readonly kind: 'chunk'; readonly chunk: Uint8Array } | { readonly kind: 'end'; readonly end: UpstreamEnd }

const encoder = new TextEncoder()

/**
 * An event stream towards the client that outlives the upstream streams behind it. It reads no faster than the client
 * does and holds no more than the event that is on its way.
 */
export class VirtualStream {
  readonly body: ReadableStream<Uint8Array>
  readonly #owner: StreamOwner
  /** Aborts when the client lets go of its stream. */
  readonly #left = new AbortController()
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  #interruption: UpstreamEnd['cause'] | undefined
  #wake: (() => void) | undefined
  #isOver = false

  constructor(owner: StreamOwner, first: UpstreamStream) {
    this.#owner = owner
    const bytes = this.#bytes(first)
    this.body = new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          const { done, value } = await bytes.next()
          if (done) controller.close()
          else controller.enqueue(value)
        },
        cancel: async (reason) => {
          this.#left.abort(reason)
          this.#wake?.()
          await (this.#reader ?? first.body).cancel(reason)
          await bytes.return(undefined)
          this.#over()
        },
      },
      { highWaterMark: 0 },
    )
  }

  /** Ends the current upstream: what it still brings is of no use. */
  interrupt(cause: 'replaced' | 'stalled'): void {
    this.#interruption = cause
    this.#wake?.()
  }

  #over(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#owner.onOver()
  }

  async *#bytes(first: UpstreamStream): AsyncGenerator<Uint8Array, undefined> {
    const owner = this.#owner
    const stopListening = owner.outbox?.onAdded(() => this.#wake?.())
    try {
      for (let upstream = first; ;) {
        const end = yield* this.#passOn(upstream)
        if (this.#left.signal.aborted) return
        const next = await owner.afterEnd(end, this.#left.signal)
        if (next.kind === 'upstream') {
          upstream = next.upstream
          continue
        }
        for (const data of next.messages ?? []) yield encoder.encode(encodeEvent({ data }))
        return
      }
    } finally {
      stopListening?.()
      this.#over()
    }
  }

  /** Passes one upstream on to its end. */
  async *#passOn(upstream: UpstreamStream): AsyncGenerator<Uint8Array, UpstreamEnd> {
    const owner = this.#owner
    this.#interruption = undefined
    owner.onUpstream(upstream)
    const relay = new Relay(owner, upstream.asIs)
    const reader = upstream.body.getReader()
    this.#reader = reader
    let reading: Promise<Step> | undefined
    try {
      for (;;) {
        const injected = this.#injected(relay)
        if (injected) yield injected
        reading ??= stepOf(reader.read())
        const step = await this.#unlessWoken(reading)
        if (step === undefined) {
          if (this.#left.signal.aborted) return { cause: 'ended' }
          const cause = this.#interruptedBy()
          if (cause) return yield* this.#ending(relay, { cause })
          continue
        }
        reading = undefined
        if (step.kind === 'end') return yield* this.#ending(relay, relay.overflowed ? { cause: 'too-long' } : step.end)
        if (!owner.mayPassAsIs()) relay.stopPassingAsIs()
        const out = relay.push(step.chunk)
        if (out.byteLength > 0) yield out
        if (relay.overflowed && !relay.passesAsIs) return { cause: 'too-long' }
        if (owner.isComplete()) return { cause: 'ended' }
      }
    } finally {
      reader.cancel().catch(() => undefined)
    }
  }

  #interruptedBy(): UpstreamEnd['cause'] | undefined {
    return this.#interruption
  }

  *#ending(relay: Relay, end: UpstreamEnd): Generator<Uint8Array, UpstreamEnd> {
    const rest = relay.end()
    if (rest.byteLength > 0) yield rest
    return end
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
    if (!outbox || outbox.isEmpty || !relay.isBetweenEvents) return undefined
    return encoder.encode(
      outbox
        .takeAll()
        .map((data) => encodeEvent({ data }))
        .join(''),
    )
  }
}

function stepOf(read: Promise<ReadableStreamReadResult<Uint8Array>>): Promise<Step> {
  return read.then(
    ({ done, value }): Step => (done ? { kind: 'end', end: { cause: 'ended' } } : { kind: 'chunk', chunk: value }),
    (error: unknown): Step => ({ kind: 'end', end: { cause: 'broke', error } }),
  )
}
