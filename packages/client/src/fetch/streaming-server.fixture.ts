import { VirtualClock } from '../base/virtual-clock.fixture.js'
import type { SessionEvent } from '../base/events.js'
import { eventReader, type StreamEvent } from '../wire/sse.js'
import { clientOf, inProcessServer, json, type Answer, type Seen } from './in-process-server.fixture.js'
import type { SessionRecoveryOptions } from './options.js'
import { withSessionRecovery } from './with-session-recovery.js'

const encoder = new TextEncoder()

/** An event stream that a test writes, piece by piece. */
export function streamOf(...pieces: (string | Error)[]) {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined
  let left = false
  const body = new ReadableStream<Uint8Array>({
    start: (its) => {
      controller = its
    },
    cancel: () => {
      left = true
    },
  })
  const stream = {
    response: new Response(body, { headers: { 'content-type': 'text/event-stream' } }),
    write: (text: string) => controller?.enqueue(encoder.encode(text)),
    end: () => controller?.close(),
    breakOff: (error: Error = new TypeError('terminated')) => controller?.error(error),
    /** Whether its reader has let go of it. */
    get left() {
      return left
    },
  }
  for (const piece of pieces) if (typeof piece === 'string') stream.write(piece)
  return stream
}

/** A stream that brings these texts and ends. */
export function endingStream(...texts: string[]): Response {
  const stream = streamOf(...texts)
  stream.end()
  return stream.response
}

/** A stream that brings these texts, each when it is asked for, and breaks off. */
export function breakingStream(...texts: string[]): Response {
  return broken('text/event-stream', texts)
}

/** A body that brings these texts and breaks off. */
export function broken(contentType: string, texts: string[]): Response {
  const left = [...texts]
  const body = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        const text = left.shift()
        if (text === undefined) controller.error(new TypeError('terminated'))
        else controller.enqueue(encoder.encode(text))
      },
    },
    { highWaterMark: 0 },
  )
  return new Response(body, { headers: { 'content-type': contentType } })
}

export const event = (message: object, id?: string) =>
  `${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`

export const result = (id: unknown, text = 'done') => ({ id, result: { text } })

/** Reads a response's events until it ends. Rejects where it breaks. */
export async function eventsOf(response: Response): Promise<StreamEvent[]> {
  const events: StreamEvent[] = []
  const reader = eventReader({ onEvent: (each) => events.push(each) })
  reader.feed(await response.text())
  return events
}

/** Reads a response's messages one by one. */
export function messagesOf(response: Response) {
  const waiting: unknown[] = []
  const decoder = new TextDecoder()
  const reader = eventReader({
    onEvent: ({ data }) => {
      if (data !== '') waiting.push(JSON.parse(data))
    },
  })
  let body: ReadableStreamDefaultReader<Uint8Array> | undefined
  return {
    async next(): Promise<unknown> {
      while (waiting.length === 0) {
        body ??= response.body?.getReader()
        const read = await body?.read()
        if (!read || read.done) return undefined
        reader.feed(decoder.decode(read.value, { stream: true }))
      }
      return waiting.shift()
    },
    leave: () => (body ? body.cancel() : response.body?.cancel()),
  }
}

/** A connected client whose server answers calls, batches and GETs as a test says. Its tool `read` is hinted read-only. */
export async function streaming(answer: (seen: Seen, count: number) => Answer, options: SessionRecoveryOptions = {}) {
  const clock = new VirtualClock()
  const events: SessionEvent[] = []
  const counts = new Map<string, number>()
  const server = inProcessServer((seen) => {
    const { message, method } = seen
    if (message.method === 'tools/list' && message.id !== undefined) {
      const tools = [{ name: 'read', annotations: { readOnlyHint: true } }, { name: 'write' }]
      return json(200, { jsonrpc: '2.0', id: message.id, result: { tools } })
    }
    const what = Array.isArray(message) ? 'batch' : method === 'POST' ? (message.method ?? 'response') : method
    if (!['tools/call', 'GET', 'batch'].includes(what)) return undefined
    const count = (counts.get(what) ?? 0) + 1
    counts.set(what, count)
    return answer(seen, count)
  })
  const onEvent = (its: SessionEvent) => events.push(its)
  const fetch = withSessionRecovery({ clock, random: () => 1, onEvent, announceListChanges: 'never', ...options })(
    server.fetch,
  )
  const client = clientOf(fetch)
  await client.connect()
  await (await client.post({ id: 'list', method: 'tools/list' })).text()
  const call = (name: string, extra: RequestInit = {}) =>
    client.post({ id: 7, method: 'tools/call', params: { name } }, {}, extra)
  return { clock, events, server, client, call, fetch }
}
