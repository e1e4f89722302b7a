import { isObject, type JsonObject } from '../wire/json-rpc.js'

/** More tools than any server has; a server may not make us hold more. */
const maxTools = 10_000

/**
 * What `tools/list` last said of each tool: whether calling it twice does no harm. It counts across recoveries: a fresh
 * process of the same server means the same by a tool's name, and where it does not, the comparison of the lists after
 * the recovery says so. Only a server's word that its tools have changed ends it.
 */
export class ToolHints {
  #safe: Set<string> | undefined
  #forgottenAt = 0

  /**
   * Takes note of one page of a `tools/list`.
   * @param order when it was asked for, see {@link forget}
   */
  learn(result: JsonObject, order: number): void {
    const { tools } = result
    if (!Array.isArray(tools) || order <= this.#forgottenAt) return
    for (const tool of tools as readonly unknown[]) {
      if (!isObject(tool) || typeof tool.name !== 'string') continue
      if (!isSafe(tool.annotations)) this.#safe?.delete(tool.name)
      else if ((this.#safe?.size ?? 0) < maxTools) (this.#safe ??= new Set()).add(tool.name)
    }
  }

  /**
   * The server has changed its tools: no tool is safe until it is listed anew, by a request that is later than this.
   * @param order a number that is higher than those of all requests made so far
   */
  forget(order: number): void {
    this.#safe = undefined
    this.#forgottenAt = order
  }

  readonly isSafe = (name: string): boolean => this.#safe?.has(name) === true
}

/** MCP 2025-11-25, ToolAnnotations. A tool that says both that it reads only and that it destroys is not believed. */
function isSafe(annotations: unknown): boolean {
  if (!isObject(annotations)) return false
  const { readOnlyHint, idempotentHint, destructiveHint } = annotations
  return idempotentHint === true || (readOnlyHint === true && destructiveHint !== true)
}
