import { at, isObject, textAt } from '../wire/json.js'
import type { Message } from '../wire/json-rpc.js'

/** What became of a call, in one shape for all faces. */
export type Outcome =
  | { readonly kind: 'answer'; readonly value: unknown }
  | { readonly kind: 'error'; readonly code?: number; readonly data?: unknown; readonly message: string }
  | { readonly kind: 'hang' }

/** A JSON-RPC error, thrown by the faces that have no SDK to do it. */
export class RpcError extends Error {
  readonly code: number
  readonly data: unknown

  constructor(code: number, message: string, data?: unknown) {
    super(message)
    this.name = 'RpcError'
    this.code = code
    this.data = data
  }

  static from(answer: Message): RpcError {
    const code = at(answer, 'error', 'code')
    return new RpcError(
      typeof code === 'number' ? code : 0,
      textAt(answer, 'error', 'message') ?? 'an error without a message',
      at(answer, 'error', 'data'),
    )
  }
}

/** Makes an {@link Outcome} of what a face threw. The SDKs agree on `code`, `data` and `message`. */
export function toOutcome(thrown: unknown): Outcome {
  if (!(thrown instanceof Error)) return { kind: 'error', message: String(thrown) }
  const { code, data } = thrown as { code?: unknown; data?: unknown }
  return {
    kind: 'error',
    message: withCauses(thrown),
    ...(typeof code === 'number' ? { code } : {}),
    ...(isObject(data) ? { data } : {}),
  }
}

function withCauses(error: Error): string {
  const texts: string[] = []
  for (let current: unknown = error; current instanceof Error && texts.length < 5; current = current.cause) {
    texts.push(current.message === '' ? current.name : current.message)
  }
  return texts.join(' <- ')
}
