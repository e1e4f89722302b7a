import { fileURLToPath } from 'node:url'
import { Client, StreamableHTTPClientTransport, type Transport } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'

/** A host as its model knows it: something that calls tools and reads what comes back. */
export interface Host {
  /** What the model sees: the tool's text, or the error's. */
  call(message: string): Promise<Seen>
  close(): Promise<void>
}

export interface Seen {
  readonly ok: boolean
  readonly text: string
  readonly ms: number
}

/** The bridge's own executable: what `npx mcp-tether` runs. */
const bridge = fileURLToPath(new URL('bin/mcp-tether.js', import.meta.resolve('mcp-tether/package.json')))

/** A host that starts the bridge and talks to it over stdio, as hosts do. */
export function bridgedHost(url: URL): Promise<Host> {
  return connect(
    new StdioClientTransport({ command: process.execPath, args: [bridge, url.href], stderr: 'ignore' }),
    () => Promise.resolve(),
  )
}

/** A host that talks to the server itself. */
export function directHost(url: URL): Promise<Host> {
  const transport = new StreamableHTTPClientTransport(url)
  return connect(transport, () => transport.terminateSession())
}

async function connect(transport: Transport, terminate: () => Promise<void>): Promise<Host> {
  const client = new Client({ name: 'story', version: '1.0.0' })
  await client.connect(transport)
  return {
    async call(message) {
      const startedAt = performance.now()
      const seen = (ok: boolean, text: string) => ({ ok, text, ms: Math.round(performance.now() - startedAt) })
      try {
        const { content } = await client.callTool({ name: 'echo', arguments: { message } }, { timeout: 10_000 })
        const [first] = content
        return seen(true, first?.type === 'text' ? first.text : JSON.stringify(content))
      } catch (error) {
        return seen(false, error instanceof Error ? error.message : String(error))
      }
    },
    async close() {
      await terminate().catch(() => undefined)
      await client.close()
    },
  }
}
