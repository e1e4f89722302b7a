import { McpServer } from '@modelcontextprotocol/server'
import { answers, capabilities, type Params } from './answers.js'

interface HandlerContext {
  readonly mcpReq: { notify(message: object): Promise<void>; send(message: object): Promise<unknown> }
  readonly http?: { closeSSE?(): void }
}

export function buildServerV2(): McpServer {
  const server = new McpServer({ name: 'conformance-server', version: '1.0.0' }, { capabilities })
  for (const [method, answer] of Object.entries(answers)) {
    const handler = ({ params = {} }: { params?: Params }, { mcpReq, http }: HandlerContext) =>
      answer(params, {
        notify: (name, given) => mcpReq.notify({ method: name, params: given }),
        ask: (name, given) => mcpReq.send({ method: name, params: given }),
        endStream: () => http?.closeSSE?.(),
      })
    // Methods are literals in the SDK's types, and this is all of them.
    server.server.setRequestHandler(method as never, handler as never)
  }
  return server
}
