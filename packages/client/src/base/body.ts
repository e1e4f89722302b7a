import { abortable } from './abort.js'

/** A response whose first bytes were read, and which can still be read whole. */
export interface PeekedResponse {
  /** The body's beginning as text: the whole of a body that ended within the limit and the time. */
  readonly text: string
  /** The same response with its body untouched, as far as its reader can tell. */
  readonly response: Response
}

/**
 * Reads at most `maxBytes` of a body, and no longer than `signal` allows: a refusal's body may be endless or never
 * come. What was read is put back in front of the rest.
 */
export async function peekBody(
  response: Response,
  maxBytes: number,
  signal: AbortSignal | undefined,
): Promise<PeekedResponse> {
  if (response.body === null) return { text: '', response }
  const reader = response.body.getReader()
  const chunks: Uint8Array[] = []
  let size = 0
  let pending: Promise<ReadableStreamReadResult<Uint8Array>> | undefined
  try {
    while (size < maxBytes) {
      pending = reader.read()
      const { done, value } = await abortable(pending, signal)
      pending = undefined
      if (done) return { text: decode(chunks), response: withBody(response, streamOf(chunks)) }
      chunks.push(value)
      size += value.byteLength
    }
  } catch {
    // Out of time, or the body broke off: what came is what there is to decide by. A broken body breaks again for its
    // reader, below.
  }
  return { text: decode(chunks), response: withBody(response, streamOf(chunks, reader, pending)) }
}

/** The same response with another body. Keeps what the constructor of `Response` can't set. */
export function withBody(response: Response, body: ReadableStream<Uint8Array> | null): Response {
  return rebuilt(response, body, response.headers)
}

/** The same response with other headers. */
export function withHeaders(response: Response, headers: Headers): Response {
  return rebuilt(response, response.body, headers)
}

/** Statuses that must not have a body (Fetch Standard, "null body status"). */
const nullBodyStatuses: ReadonlySet<number> = new Set([101, 103, 204, 205, 304])

function rebuilt(response: Response, body: ReadableStream<Uint8Array> | null, headers: Headers): Response {
  // An opaque redirect has status 0 and can't be built; neither can an informational answer.
  if (response.status < 200) return response
  const copy = new Response(nullBodyStatuses.has(response.status) ? null : body, {
    status: response.status,
    statusText: response.statusText,
    headers,
  })
  const { url, redirected } = response
  if (url !== '') Object.defineProperty(copy, 'url', { value: url })
  if (redirected) Object.defineProperty(copy, 'redirected', { value: redirected })
  return copy
}

/** Calls `onChunk` with every chunk that its reader takes, and `onEnd` once after the last. Holds nothing back. */
export function observeBody(response: Response, onChunk: (chunk: Uint8Array) => void, onEnd: () => void): Response {
  return response.body === null ? response : withBody(response, observeStream(response.body, onChunk, onEnd))
}

/** As {@link observeBody}, for a body alone. */
export function observeStream(
  body: ReadableStream<Uint8Array>,
  onChunk: (chunk: Uint8Array) => void,
  onEnd: () => void,
): ReadableStream<Uint8Array> {
  const observer = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      controller.enqueue(chunk)
      onChunk(chunk)
    },
    flush: onEnd,
  })
  return body.pipeThrough(observer)
}

/** Lets go of a body that nobody will read, so that its connection can be used again. */
export function discardBody(response: Response): void {
  response.body?.cancel().catch(() => undefined)
}

function streamOf(
  chunks: readonly Uint8Array[],
  rest?: ReadableStreamDefaultReader<Uint8Array>,
  pending?: Promise<ReadableStreamReadResult<Uint8Array>>,
): ReadableStream<Uint8Array> {
  let position = 0
  let next = pending
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const chunk = chunks[position++]
      if (chunk) {
        controller.enqueue(chunk)
        return
      }
      if (!rest) {
        controller.close()
        return
      }
      const { done, value } = await (next ?? rest.read())
      next = undefined
      if (done) controller.close()
      else controller.enqueue(value)
    },
    async cancel(reason) {
      await rest?.cancel(reason)
    },
  })
}

function decode(chunks: readonly Uint8Array[]): string {
  const decoder = new TextDecoder()
  return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join('') + decoder.decode()
}
