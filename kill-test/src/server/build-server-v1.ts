import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js'
import {
  SetLevelRequestSchema,
  SubscribeRequestSchema,
  UnsubscribeRequestSchema,
  type ServerNotification,
  type ServerRequest,
} from '@modelcontextprotocol/sdk/types.js'
import { z } from 'zod'
import type { EvidenceFile } from './evidence-file.js'
import { answerOf, asked, noteSurplus, questionLimit } from './questions.js'
import { announcedMethod, createTools, remembering, type Announcing, type ServerState, type ToolCall } from './tools.js'

type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>

export function buildServerV1(evidence: EvidenceFile, notify: Announcing['notify']): McpServer {
  const server = new McpServer(
    { name: 'kill-test', version: '1' },
    { capabilities: { logging: {}, resources: { subscribe: true } } },
  )
  const state: ServerState = { level: null, subscriptions: new Set() }
  const send = (number: number) => server.server.notification({ method: announcedMethod, params: { number } })
  const tools = createTools(evidence, { notify, send }, state)
  server.server.onerror = noteSurplus(evidence)
  const callOf = (key: string, extra: Extra) => toolCall(server, key, extra)
  const key = z.string()

  server.registerTool('bump', { inputSchema: { key } }, (given, extra) => text(tools.bump(callOf(given.key, extra))))
  server.registerTool('state', { inputSchema: { key } }, (given, extra) => text(tools.state(callOf(given.key, extra))))
  server.registerTool('work', { inputSchema: { key, ms: z.number(), steps: z.number() } }, async (given, extra) =>
    text(await tools.work(callOf(given.key, extra), given.ms, given.steps)),
  )
  server.registerTool('ask', { inputSchema: { key, number: z.number() } }, async (given, extra) =>
    text(await tools.ask(callOf(given.key, extra), given.number)),
  )
  server.registerTool('announce', { inputSchema: { key, number: z.number() } }, async (given, extra) =>
    text(await tools.announce(callOf(given.key, extra), given.number)),
  )
  server.server.setRequestHandler(SetLevelRequestSchema, async ({ params }) => {
    await remembering()
    state.level = params.level
    return {}
  })
  server.server.setRequestHandler(SubscribeRequestSchema, async ({ params }) => {
    await remembering()
    state.subscriptions.add(params.uri)
    return {}
  })
  server.server.setRequestHandler(UnsubscribeRequestSchema, async ({ params }) => {
    await remembering()
    state.subscriptions.delete(params.uri)
    return {}
  })
  return server
}

function toolCall(server: McpServer, key: string, extra: Extra): ToolCall {
  const { sessionId = '', _meta, requestId, signal, sendNotification } = extra
  return {
    key,
    sessionId,
    async report(progress, total) {
      const progressToken = _meta?.progressToken
      if (progressToken === undefined) return
      await sendNotification({ method: 'notifications/progress', params: { progressToken, progress, total } })
    },
    ask(question, isOnCallStream) {
      const related = isOnCallStream ? { relatedRequestId: requestId } : {}
      return answerOf(server.server.elicitInput(asked(question), { signal, timeout: questionLimit, ...related }))
    },
  }
}

const text = (said: string) => ({ content: [{ type: 'text' as const, text: said }] })
