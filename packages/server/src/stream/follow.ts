import { StoreError, type SessionEvents, type StoredEvent } from '@mcp-tether/store'
import { isObject } from '../wire/json-rpc.js'

/** ms before a store is asked again that was away; it has waited for itself before it said so. */
const pauseWhileAway = 1_000

/** What may follow when everything that is stored was sent. */
export type Next = 'wait' | 'end'

export interface Followed {
  readonly events: SessionEvents
  readonly streamId: string
  /** Ids of events go to the client from after this one on; undefined: from the first one kept. */
  readonly after: string | undefined
  /** Events that the client has, wherever they are found. @default none */
  readonly isSeen?: (eventId: string) => boolean
  /** A text that is sent first. */
  readonly preface?: string
  /**
   * Whether the stream breaks where something between two events is not kept any more, or can't be read: the client learns
   * it when it comes back. Otherwise it goes on with what there is.
   */
  readonly isWhole?: boolean
  /** Whether marks in the log, which are no messages, are sent as priming events. */
  readonly withMarks?: boolean
  /** Asked when nothing is left to send. `end` is only said when nothing can come any more. */
  readonly next: () => Promise<Next>
  /** Calls back at each new event; returns how to stop. */
  readonly listen: (ring: () => void) => () => void
  /** ms between comments, and between looks at the store where no bell rings. */
  readonly keepAlive: number
  readonly look: number
  /** Called once, however it ends. */
  readonly onEnd: () => void
}

/**
 * A stream of the session as the store has it, in the store's order, from any process: so that nothing is missing and
 * nothing comes twice, whoever wrote it. Reads a page when the client takes the last one.
 */
export function follow(followed: Followed): { readonly body: ReadableStream<Uint8Array>; readonly stop: () => void } {
  const encoder = new TextEncoder()
  let after = followed.after
  let isOver = false
  let hasRung = true
  let wake: () => void = () => undefined
  let lastSaid = Date.now()
  let control: ReadableStreamDefaultController<Uint8Array> | undefined

  const ring = () => {
    hasRung = true
    wake()
  }
  const stopListening = followed.listen(ring)

  function over(): void {
    if (isOver) return
    isOver = true
    stopListening()
    wake()
    followed.onEnd()
  }

  function stop(): void {
    if (isOver) return
    over()
    control?.close()
  }

  /** Until the bell rings, the stream is over, or it is time to look. */
  async function rest(ms: number): Promise<void> {
    if (hasRung || isOver) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms).unref()
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    wake = () => undefined
  }

  async function page(): Promise<readonly StoredEvent[]> {
    if (after === undefined) return (await followed.events.readFromStart(followed.streamId)).events
    const { status, page: found } = await followed.events.read(after)
    if (followed.isWhole === true && status !== 'found') throw new Error('Events of this stream are missing.')
    return found?.events ?? []
  }

  /** What there is, and what may follow; `away`: the store can't say, and the stream outlives that. */
  async function found(): Promise<
    { readonly next?: Next | undefined; readonly events: readonly StoredEvent[] } | 'away'
  > {
    try {
      // Asked before the look, so that an answer that comes between the two is not missed.
      const next = hasRung ? undefined : await followed.next()
      hasRung = false
      return { next, events: await page() }
    } catch (error) {
      // To be broken helps no client: it would be refused when it comes back, and SDKs come back twice and never again.
      if (StoreError.isInstance(error) && error.code === 'store_unavailable') return 'away'
      throw error
    }
  }

  async function pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    for (;;) {
      const looked = await found()
      if (isOver) return
      const { next, events } = looked === 'away' ? { next: 'wait' as const, events: [] } : looked
      if (events.length > 0) {
        const last = events.at(-1)
        after = last?.eventId
        hasRung = true
        const text = events
          .filter(({ eventId }) => followed.isSeen?.(eventId) !== true)
          .map((event) => textOf(event, followed.withMarks === true))
          .join('')
        if (text === '') continue
        lastSaid = Date.now()
        controller.enqueue(encoder.encode(text))
        return
      }
      if (next === 'end') {
        over()
        controller.close()
        return
      }
      if (next === undefined) continue
      await rest(looked === 'away' ? pauseWhileAway : followed.look)
      hasRung ||= looked === 'away'
      if (Date.now() - lastSaid >= followed.keepAlive) {
        lastSaid = Date.now()
        controller.enqueue(encoder.encode(': keepalive\n\n'))
        return
      }
    }
  }

  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        control = controller
        if (followed.preface !== undefined) controller.enqueue(encoder.encode(followed.preface))
      },
      async pull(controller) {
        try {
          await pull(controller)
        } catch (error) {
          // A cut stream makes the client come back to where it was.
          over()
          controller.error(error)
        }
      },
      cancel: over,
    },
    { highWaterMark: 1 },
  )
  return { body, stop }
}

/** Gives the client a place to come back to, and no message. From 2025-11-25 on clients expect such events. */
export function primingEvent(eventId: string): string {
  return `id: ${eventId}\ndata: \n\n`
}

function textOf({ eventId, message }: StoredEvent, withMarks: boolean): string {
  if (!isObject(message) || message.jsonrpc === undefined) return withMarks ? primingEvent(eventId) : ''
  return `event: message\nid: ${eventId}\ndata: ${JSON.stringify(message)}\n\n`
}
