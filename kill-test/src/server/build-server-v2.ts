import { McpServer, type ServerContext } from '@modelcontextprotocol/server'
import { z } from 'zod'
import type { EvidenceFile } from './evidence-file.js'
import { announcedMethod, createTools, subscribing, type Announcing, type ServerState, type ToolCall } from './tools.js'

export function buildServerV2(evidence: EvidenceFile, notify: Announcing['notify']): McpServer {
  const server = new McpServer(
    { name: 'kill-test', version: '1' },
    { capabilities: { logging: {}, resources: { subscribe: true } } },
  )
  const state: ServerState = { level: null, subscriptions: new Set() }
  const send = (number: number) => server.server.notification({ method: announcedMethod, params: { number } })
  const tools = createTools(evidence, { notify, send }, state)
  const keyed = z.object({ key: z.string() })
  const working = keyed.extend({ ms: z.number(), steps: z.number() })
  const announcing = keyed.extend({ number: z.number() })

  server.registerTool('bump', { inputSchema: keyed }, (given, context) => text(tools.bump(callOf(given.key, context))))
  server.registerTool('state', { inputSchema: keyed }, (given, context) =>
    text(tools.state(callOf(given.key, context))),
  )
  server.registerTool('work', { inputSchema: working }, async (given, context) =>
    text(await tools.work(callOf(given.key, context), given.ms, given.steps)),
  )
  server.registerTool('announce', { inputSchema: announcing }, async (given, context) =>
    text(await tools.announce(callOf(given.key, context), given.number)),
  )
  server.server.setRequestHandler('logging/setLevel', ({ params }) => {
    state.level = params.level
    return {}
  })
  server.server.setRequestHandler('resources/subscribe', async ({ params }) => {
    await subscribing()
    state.subscriptions.add(params.uri)
    return {}
  })
  server.server.setRequestHandler('resources/unsubscribe', ({ params }) => {
    state.subscriptions.delete(params.uri)
    return {}
  })
  return server
}

function callOf(key: string, { sessionId = '', mcpReq }: ServerContext): ToolCall {
  return {
    key,
    sessionId,
    async report(progress, total) {
      const progressToken = mcpReq._meta?.progressToken
      if (progressToken === undefined) return
      await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, total } })
    },
  }
}

const text = (said: string) => ({ content: [{ type: 'text' as const, text: said }] })
