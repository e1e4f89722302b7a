type Body = RequestInit['body']

/** No message that anybody looks for in passing (an `initialize`, a cancellation) is larger. */
const maxReadBytes = 1024 * 1024
/** A copy of this takes some microseconds. */
const maxCopiedBytes = 64 * 1024

/**
 * The body as it is kept for sending it again. Bytes up to 64 KiB are copied at once, so that their caller may use the
 * array for something else as soon as `fetch` has returned. Larger ones are not copied: they must not be changed before
 * they are answered.
 */
export function keptBody(body: Body): Body {
  if (!isBytes(body) || body.byteLength > maxCopiedBytes) return body
  return body instanceof ArrayBuffer ? body.slice(0) : bytesOf(body).slice()
}

/** The text of a body that can be a JSON-RPC message, `undefined` for any other. */
export function bodyText(body: Body): string | undefined {
  if (typeof body === 'string') return body
  return isBytes(body) ? new TextDecoder().decode(body) : undefined
}

/** A Blob as text; `undefined` when it is larger than 1 MiB: it is passed on, and not read. */
export async function blobText(blob: Blob): Promise<string | undefined> {
  return blob.size <= maxReadBytes ? blob.text() : undefined
}

/**
 * A cheap look at a body before it is parsed: most calls are about something else, and nobody has to read them. What is
 * no text has to be read, unless it is too large for what is looked for; forms and streams never hold a message.
 */
export function mentions(body: Body, word: string): boolean {
  if (typeof body === 'string') return body.includes(word)
  if (isBlob(body)) return body.size <= maxReadBytes
  return isBytes(body) && body.byteLength <= maxReadBytes
}

/**
 * What keeps a body from being sent again: a stream is gone once it was sent; of a form, or a Blob that was not read,
 * nobody knows which message it is, and so to whom an answer of ours would be due.
 * @param blob the text of a body that is a Blob, where it was read
 */
export function bodyObstacle(body: Body, blob: string | undefined): 'streaming-body' | 'unreadable-body' | undefined {
  const isReadable = body === null || body === undefined || typeof body === 'string' || isBytes(body)
  if (isReadable || blob !== undefined) return undefined
  return body instanceof ReadableStream ? 'streaming-body' : 'unreadable-body'
}

export function isBlob(body: Body): body is Blob {
  return typeof body === 'object' && body !== null && body instanceof Blob
}

function isBytes(body: Body): body is ArrayBuffer | ArrayBufferView<ArrayBuffer> {
  return body instanceof ArrayBuffer || ArrayBuffer.isView(body)
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer, byteOffset, byteLength)
}
