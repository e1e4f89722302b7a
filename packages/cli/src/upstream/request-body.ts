/** A request body with all its bytes at hand, and the content type that the platform's fetch would give it. */
export interface EncodedBody {
  readonly bytes: Uint8Array | string
  readonly contentType: string | undefined
}

/** A promise only for the kinds that have to be read first. */
export function encodeBody(body: RequestInit['body']): EncodedBody | undefined | Promise<EncodedBody> {
  if (body === undefined || body === null) return undefined
  if (typeof body === 'string') return { bytes: body, contentType: 'text/plain;charset=UTF-8' }
  if (body instanceof Uint8Array) return { bytes: body, contentType: undefined }
  return serialise(body)
}

/** The rare kinds (forms, blobs, streams): the platform knows how to serialise them. */
async function serialise(body: NonNullable<RequestInit['body']>): Promise<EncodedBody> {
  const serialised = new Response(body)
  const contentType = serialised.headers.get('content-type') ?? undefined
  return { bytes: new Uint8Array(await serialised.arrayBuffer()), contentType }
}
