import { textAt } from '../wire/json.js'
import type { JsonObject } from '../wire/json.js'

/** Tools with and without hints, as `tools/list` describes them. `append_value` is the one that must never run twice. */
export const toolDefinitions: readonly JsonObject[] = [
  tool('read_value', 'Reads the value of a key', { readOnlyHint: true }),
  tool('set_value', 'Sets the value of a key', { idempotentHint: true, readOnlyHint: false }),
  tool('append_value', 'Appends to the value of a key'),
  tool('whoami', 'Says which client this session belongs to', { readOnlyHint: true }),
  tool('fail_with', 'Answers with a tool error of the given text'),
]

function tool(name: string, description: string, annotations?: JsonObject): JsonObject {
  const inputSchema = { type: 'object', properties: { key: { type: 'string' }, nonce: { type: 'string' } } }
  return { name, description, inputSchema, ...(annotations ? { annotations } : {}) }
}

/**
 * The result of a tool call: a function of its name, its arguments and the session's client, and of nothing else. So
 * an answer that was swapped with another call's, invented, or taken from another's session can be told from the right
 * one.
 */
export function toolResult(name: string, args: unknown, clientName: string): JsonObject {
  if (name === 'fail_with') {
    return { content: [{ type: 'text', text: textAt(args, 'text') ?? 'failed' }], isError: true }
  }
  const answer = { tool: name, arguments: args, ...(name === 'whoami' ? { client: clientName } : {}) }
  // One SDK fills in `isError` where it is absent: said here, the result is the same everywhere.
  return { content: [{ type: 'text', text: JSON.stringify(answer) }], isError: false }
}
