import { randomUUID } from 'node:crypto'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { type EventStore, StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { type Received, type ScriptedServer, startScriptedServer } from './scripted-server.fixture.js'

/** A server of the official SDK with one session, whose tool `poll` closes its stream before it has its result. */
export async function startPollingServer(): Promise<ScriptedServer> {
  const mcp = new McpServer({ name: 'polling', version: '1' }, { capabilities: { logging: {} } })
  let resumed!: () => void
  const resumption = new Promise<void>((resolve) => (resumed = resolve))
  mcp.registerTool('poll', {}, async (extra) => {
    const say = (data: string): Promise<void> =>
      extra.sendNotification({ method: 'notifications/message', params: { level: 'info', data } })
    await say('before')
    extra.closeSSEStream?.()
    await say('while away')
    await resumption
    return { content: [{ type: 'text', text: 'late' }] }
  })
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: () => randomUUID(),
    eventStore: createEventStore(),
    retryInterval: 5,
  })
  await mcp.connect(transport)
  const server = await startScriptedServer(async ({ request, response, body, method }: Received) => {
    if (request.headers['last-event-id'] !== undefined) resumed()
    await transport.handleRequest(request, response, method === 'POST' ? (JSON.parse(body) as unknown) : undefined)
  })
  return {
    ...server,
    async close() {
      await mcp.close()
      await server.close()
    },
  }
}

/** Events in their order; the SDK's example sorts those of one millisecond by chance, and thereby loses some. */
function createEventStore(): EventStore {
  const events: { readonly stream: string; readonly message: Parameters<EventStore['storeEvent']>[1] }[] = []
  return {
    storeEvent(stream, message) {
      events.push({ stream, message })
      return Promise.resolve(String(events.length))
    },
    async replayEventsAfter(lastEventId, { send }) {
      const stream = events[Number(lastEventId) - 1]?.stream ?? ''
      for (const [index, event] of events.entries()) {
        if (index >= Number(lastEventId) && event.stream === stream) await send(String(index + 1), event.message)
      }
      return stream
    },
  }
}
