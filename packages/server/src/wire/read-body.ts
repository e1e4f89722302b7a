import type { IncomingMessage } from 'node:http'
import { errorCodes, refusal } from './error-answers.js'

/** A body as JSON, or why it is none. */
export type BodyResult = { readonly value: unknown } | { readonly problem: 'too large' | 'no JSON' }

/** Reads a request's body, up to a limit. @param limit in bytes */
export async function readBody(request: Request, limit: number): Promise<BodyResult> {
  if (Number(request.headers.get('content-length')) > limit) return { problem: 'too large' }
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
    return parsed(pieces)
  } catch {
    return { problem: 'no JSON' }
  }
}

/**
 * The same from Node's own request, without the web stream that costs more than all else that is done with a call. Leaves
 * what is beyond the limit where it is, so that the refusal can still be sent.
 */
export function readNodeBody(request: IncomingMessage, limit: number): Promise<BodyResult> {
  if (Number(request.headers['content-length']) > limit) return Promise.resolve({ problem: 'too large' })
  // Read by somebody else, or gone: nothing more would come.
  if (request.readableEnded || request.destroyed) return Promise.resolve({ problem: 'no JSON' })
  return new Promise((resolve) => {
    const pieces: Uint8Array[] = []
    let size = 0
    const finish = (result: BodyResult) => {
      request.off('data', onData).off('end', onEnd).off('error', onBroken).off('close', onBroken)
      resolve(result)
    }
    const onData = (piece: Uint8Array) => {
      size += piece.byteLength
      pieces.push(piece)
      if (size <= limit) return
      request.pause()
      finish({ problem: 'too large' })
    }
    const onEnd = () => {
      finish(parsed(pieces))
    }
    const onBroken = () => {
      finish({ problem: 'no JSON' })
    }
    request.on('data', onData).on('end', onEnd).on('error', onBroken).on('close', onBroken)
  })
}

/** What is answered to a body that can't be taken. @param limit in bytes */
export function badBody(problem: 'too large' | 'no JSON', limit: number): Response {
  if (problem === 'no JSON') return refusal(400, errorCodes.parseError, 'Parse error: Invalid JSON')
  return refusal(413, errorCodes.badRequest, `Payload Too Large: a request may have ${limit} bytes`)
}

function parsed(pieces: readonly Uint8Array[]): BodyResult {
  try {
    return { value: JSON.parse(Buffer.concat(pieces).toString('utf8')) as unknown }
  } catch {
    return { problem: 'no JSON' }
  }
}
