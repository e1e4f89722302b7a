import { McpServer } from '@modelcontextprotocol/server'

/** The server of one session: yours, as it is. */
export function buildServer(): McpServer {
  const server = new McpServer({ name: 'example', version: '1.0.0' })
  server.registerTool('where', { description: 'Says which process runs it' }, () => ({
    content: [{ type: 'text', text: `process ${process.pid}` }],
  }))
  return server
}
