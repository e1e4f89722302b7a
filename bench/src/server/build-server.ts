import { McpServer } from '@modelcontextprotocol/server'
import { z } from 'zod'

/** A server with state in its session: a tool that counts its calls. */
export function buildServer(): McpServer {
  const server = new McpServer({ name: 'bench', version: '0.0.0' }, { capabilities: { logging: {} } })
  let calls = 0
  server.registerTool('count', { inputSchema: z.object({ message: z.string() }) }, ({ message }) => ({
    content: [{ type: 'text', text: `${message} ${String(++calls)}` }],
  }))
  return server
}
