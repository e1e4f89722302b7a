import { McpServer, type ServerContext } from '@modelcontextprotocol/server'
import { z } from 'zod'
import type { EvidenceFile } from './evidence-file.js'
import { answerOf, asked, noteSurplus, questionLimit } from './questions.js'
import { announcedMethod, createTools, remembering, type Announcing, type ServerState, type ToolCall } from './tools.js'

export function buildServerV2(evidence: EvidenceFile, notify: Announcing['notify']): McpServer {
  const server = new McpServer(
    { name: 'kill-test', version: '1' },
    { capabilities: { logging: {}, resources: { subscribe: true } } },
  )
  const state: ServerState = { level: null, subscriptions: new Set() }
  const send = (number: number) => server.server.notification({ method: announcedMethod, params: { number } })
  const tools = createTools(evidence, { notify, send }, state)
  server.server.onerror = noteSurplus(evidence)
  const callOf = (key: string, context: ServerContext) => toolCall(server, key, context)
  const keyed = z.object({ key: z.string() })
  const working = keyed.extend({ ms: z.number(), steps: z.number() })
  const numbered = keyed.extend({ number: z.number() })

  server.registerTool('bump', { inputSchema: keyed }, (given, context) => text(tools.bump(callOf(given.key, context))))
  server.registerTool('state', { inputSchema: keyed }, (given, context) =>
    text(tools.state(callOf(given.key, context))),
  )
  server.registerTool('work', { inputSchema: working }, async (given, context) =>
    text(await tools.work(callOf(given.key, context), given.ms, given.steps)),
  )
  server.registerTool('ask', { inputSchema: numbered }, async (given, context) =>
    text(await tools.ask(callOf(given.key, context), given.number)),
  )
  server.registerTool('announce', { inputSchema: numbered }, async (given, context) =>
    text(await tools.announce(callOf(given.key, context), given.number)),
  )
  server.server.setRequestHandler('logging/setLevel', async ({ params }) => {
    await remembering()
    state.level = params.level
    return {}
  })
  server.server.setRequestHandler('resources/subscribe', async ({ params }) => {
    await remembering()
    state.subscriptions.add(params.uri)
    return {}
  })
  server.server.setRequestHandler('resources/unsubscribe', async ({ params }) => {
    await remembering()
    state.subscriptions.delete(params.uri)
    return {}
  })
  return server
}

function toolCall(server: McpServer, key: string, { sessionId = '', mcpReq }: ServerContext): ToolCall {
  return {
    key,
    sessionId,
    async report(progress, total) {
      const progressToken = mcpReq._meta?.progressToken
      if (progressToken === undefined) return
      await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, total } })
    },
    ask(question, isOnCallStream) {
      const settings = { signal: mcpReq.signal, timeout: questionLimit }
      return answerOf(
        isOnCallStream
          ? // eslint-disable-next-line @typescript-eslint/no-deprecated -- sessions have it
            mcpReq.elicitInput(asked(question), settings)
          : // eslint-disable-next-line @typescript-eslint/no-deprecated -- sessions have it
            server.server.elicitInput(asked(question), settings),
      )
    },
  }
}

const text = (said: string) => ({ content: [{ type: 'text' as const, text: said }] })
