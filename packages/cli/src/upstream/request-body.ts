/** A request body with all its bytes at hand, and the content type that the platform's fetch would give it. */
export interface EncodedBody {
  readonly bytes: Uint8Array | string
  readonly contentType: string | undefined
}

export async function encodeBody(body: RequestInit['body']): Promise<EncodedBody | undefined> {
  if (body === undefined || body === null) return undefined
  if (typeof body === 'string') return { bytes: body, contentType: 'text/plain;charset=UTF-8' }
  if (body instanceof Uint8Array) return { bytes: body, contentType: undefined }
  // The rare kinds (forms, blobs, streams): the platform knows how to serialise them.
  const serialised = new Response(body)
  const contentType = serialised.headers.get('content-type') ?? undefined
  return { bytes: new Uint8Array(await serialised.arrayBuffer()), contentType }
}
