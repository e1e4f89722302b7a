import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import type { FetchLike } from '@mcp-tether/client'

/** A real client of SDK v2, connected. */
export interface Host {
  /** Calls a tool once. */
  readonly call: () => Promise<void>
  readonly close: () => Promise<void>
}

export async function connect(url: URL, fetch: FetchLike): Promise<Host> {
  const client = new Client({ name: 'bench', version: '0.0.0' })
  await client.connect(new StreamableHTTPClientTransport(url, { fetch }))
  return {
    call: async () => {
      const { content } = await client.callTool({ name: 'tool-1', arguments: { at: 1 } })
      if (!Array.isArray(content) || content.length !== 1) throw new Error('A tool was called and did not answer')
    },
    close: () => client.close(),
  }
}
