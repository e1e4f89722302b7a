import type { IncomingMessage } from 'node:http'
import { pipeline, type Readable, type Transform } from 'node:stream'
import * as zlib from 'node:zlib'

/**
 * Undoes a content encoding that was not asked for. Returns `undefined` when there is none, or one we don't know (the
 * caller then sees the body as it came, with its header).
 */
export function decoded(message: IncomingMessage): Readable | undefined {
  const decoder = decoderFor(message.headers['content-encoding']?.trim().toLowerCase())
  if (!decoder) return undefined
  // pipeline() hands an error of either side to the decoder, whose reader reports it.
  pipeline(message, decoder, () => undefined)
  return decoder
}

function decoderFor(encoding: string | undefined): Transform | undefined {
  // Flushing after every write lets an event out as soon as it has come.
  const gzip = { flush: zlib.constants.Z_SYNC_FLUSH, finishFlush: zlib.constants.Z_SYNC_FLUSH }
  const brotli = { flush: zlib.constants.BROTLI_OPERATION_FLUSH, finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH }
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return zlib.createGunzip(gzip)
    case 'deflate':
      return zlib.createInflate(gzip)
    case 'br':
      return zlib.createBrotliDecompress(brotli)
    default:
      return undefined
  }
}
