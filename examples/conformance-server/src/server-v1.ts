import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import * as types from '@modelcontextprotocol/sdk/types.js'
import { answers, capabilities, type Params } from './answers.js'

/** What SDK v1 wants to be told a method by. */
const schemas = Object.values(types).filter(
  (schema) => typeof schema === 'object' && 'shape' in schema && 'method' in (schema.shape as object),
) as unknown as (typeof types.PingRequestSchema)[]

export function buildServerV1(): McpServer {
  const server = new McpServer({ name: 'conformance-server', version: '1.0.0' }, { capabilities })
  for (const [method, answer] of Object.entries(answers)) {
    const schema = schemas.find(({ shape }) => shape.method.value === method)
    if (schema === undefined) throw new Error(`SDK v1 does not know ${method}.`)
    server.server.setRequestHandler(schema, async ({ params }, extra) =>
      answer((params ?? {}) as Params, {
        notify: (name, given) => extra.sendNotification({ method: name, params: given }),
        ask: (name, given) => extra.sendRequest({ method: name, params: given }, types.ResultSchema),
        endStream: () => extra.closeSSEStream?.(),
      }),
    )
  }
  return server
}
