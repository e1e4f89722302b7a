import type { JsonRpcId } from '../wire/json-rpc.js'

/** One request has one token; a server may not make us hold more. */
const maxTokens = 100

/**
 * How far each progress token has come. "The progress value MUST increase with each notification" (MCP 2025-11-25,
 * Progress), also when the call behind it was sent a second time and the server began again at nothing.
 */
export class ProgressFilter {
  readonly #furthest = new Map<JsonRpcId, number>()

  /** Whether this is news to the client. */
  isNews(token: JsonRpcId, progress: number): boolean {
    const furthest = this.#furthest.get(token)
    return furthest === undefined || progress > furthest
  }

  /** Takes note of what the client was told. */
  note(token: JsonRpcId, progress: number): void {
    if (this.#furthest.size < maxTokens || this.#furthest.has(token)) this.#furthest.set(token, progress)
  }
}
