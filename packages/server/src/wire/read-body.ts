/** A body as JSON, or why it is none. */
export type BodyResult = { readonly value: unknown } | { readonly problem: 'too large' | 'no JSON' }

/** Reads a request's body, up to a limit. @param limit in bytes */
export async function readBody(request: Request, limit: number): Promise<BodyResult> {
  const length = Number(request.headers.get('content-length'))
  if (Number.isFinite(length) && length > limit) return { problem: 'too large' }
  const pieces: Uint8Array[] = []
  let size = 0
  try {
    if (request.body !== null) {
      for await (const piece of request.body as AsyncIterable<Uint8Array>) {
        size += piece.byteLength
        if (size > limit) return { problem: 'too large' }
        pieces.push(piece)
      }
    }
    return { value: JSON.parse(Buffer.concat(pieces).toString('utf8')) as unknown }
  } catch {
    return { problem: 'no JSON' }
  }
}
