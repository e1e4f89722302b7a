import { isObject, type JsonObject } from '../wire/json-rpc.js'

/** More tools than any server has; a server may not make us hold more. */
const maxTools = 10_000

/** What `tools/list` last said of each tool: whether calling it twice does no harm. */
export class ToolHints {
  readonly #safe = new Set<string>()

  /** Takes note of one page of a `tools/list`. */
  learn(result: JsonObject): void {
    const { tools } = result
    if (!Array.isArray(tools)) return
    for (const tool of tools as readonly unknown[]) {
      if (!isObject(tool) || typeof tool.name !== 'string') continue
      if (isSafe(tool.annotations) && this.#safe.size < maxTools) this.#safe.add(tool.name)
      else this.#safe.delete(tool.name)
    }
  }

  readonly isSafe = (name: string): boolean => this.#safe.has(name)
}

/** MCP 2025-11-25, ToolAnnotations. A tool that says both that it reads only and that it destroys is not believed. */
function isSafe(annotations: unknown): boolean {
  if (!isObject(annotations)) return false
  const { readOnlyHint, idempotentHint, destructiveHint } = annotations
  return idempotentHint === true || (readOnlyHint === true && destructiveHint !== true)
}
