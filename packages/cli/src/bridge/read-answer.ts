import { readAnswer as readAnswerAnew } from '@mcp-tether/client/internal'
import type { ReceivedLarge } from './large/large-receiver.js'
import type { SpoolSpace } from './large/spool-space.js'
import { maxHeldAnswerBytes } from './limits.js'

/**
 * The body of an answer: as text, or, when it is too large to be held, on disk. When it breaks off, the recovering fetch
 * asks for it anew where that is safe: the host has seen none of it.
 */
export function readAnswer(response: Response, space: SpoolSpace): Promise<string | ReceivedLarge> {
  const length = response.headers.get('content-length')
  if (length !== null && Number(length) <= maxHeldAnswerBytes) return response.text()
  return readAnswerAnew(response, async (each) => {
    const begun = await textOrBody(each)
    if (typeof begun === 'string') return begun
    const { receiveLarge } = await import('./large/receive-large.js')
    return receiveLarge(begun, { space })
  })
}

/** The answers of our own fetch are read as text until they turn out to be large. */
interface TextOrBody extends Response {
  textOrBody(maxBytes: number): Promise<string | ReadableStream<Uint8Array>>
}

function textOrBody(response: Response): Promise<string | ReadableStream<Uint8Array>> {
  if ('textOrBody' in response) return (response as TextOrBody).textOrBody(maxHeldAnswerBytes)
  return response.body ? begin(response.body) : response.text()
}

async function begin(body: ReadableStream<Uint8Array>): Promise<string | ReadableStream<Uint8Array>> {
  const reader = body.getReader()
  const chunks: Uint8Array[] = []
  for (let size = 0; size <= maxHeldAnswerBytes;) {
    const { done, value } = await reader.read()
    if (done) return new TextDecoder().decode(Buffer.concat(chunks))
    chunks.push(value)
    size += value.byteLength
  }
  return goingOn(chunks, reader)
}

function goingOn(begun: Uint8Array[], rest: ReadableStreamDefaultReader<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = begun.length > 0 ? { done: false, value: begun.shift() } : await rest.read()
        if (value) controller.enqueue(value)
        if (done) controller.close()
      },
      cancel: (reason) => rest.cancel(reason),
    },
    { highWaterMark: 0 },
  )
}
