import { at, isObject, textAt } from '../wire/json.js'
import { failure, isNotification, isRequest, result } from '../wire/json-rpc.js'
import type { Message } from '../wire/json-rpc.js'
import type { Executions } from './executions.js'
import type { Session } from './sessions.js'
import { toolDefinitions, toolResult } from './tools.js'

/** The protocol versions with sessions and `initialize`, newest first. */
const KNOWN_VERSIONS: readonly string[] = ['2025-11-25', '2025-06-18', '2025-03-26']

export function negotiate(requested: unknown, forced: string | undefined): string {
  if (forced !== undefined) return forced
  const known = KNOWN_VERSIONS.find((version) => version === requested)
  return known ?? '2025-11-25'
}

export function initializeResult(protocolVersion: string): unknown {
  return {
    protocolVersion,
    capabilities: {
      tools: { listChanged: true },
      resources: { listChanged: true, subscribe: true },
      prompts: { listChanged: true },
      logging: {},
    },
    serverInfo: { name: 'fault-server', version: '1.0.0' },
  }
}

/** Answers the requests among `messages`, in order; notifications and responses have no answer. */
export function answerAll(messages: readonly Message[], session: Session, executions: Executions): readonly Message[] {
  return messages.flatMap((message) => {
    if (isNotification(message)) {
      if (message.method === 'notifications/initialized') session.initialized = true
      return []
    }
    return isRequest(message) ? [answerRequest(message, session, executions)] : []
  })
}

function answerRequest(message: Message, session: Session, executions: Executions): Message {
  const { id, method, params } = message
  if (!session.initialized && method !== 'ping') {
    // Strict, as some servers are: a client that skips its part of the handshake is found out.
    return failure(id, -32600, `Received ${String(method)} before notifications/initialized`)
  }
  switch (method) {
    case 'ping':
    case 'logging/setLevel':
    case 'resources/subscribe':
    case 'resources/unsubscribe':
      return result(id, {})
    case 'tools/list':
      return result(id, { tools: toolDefinitions })
    case 'resources/list':
      return result(id, { resources: [{ uri: 'value://a', name: 'a' }] })
    case 'prompts/list':
      return result(id, { prompts: [{ name: 'greet' }] })
    case 'tools/call':
      return callTool(id, params, session, executions)
    default:
      return failure(id, -32601, 'Method not found')
  }
}

function callTool(id: unknown, params: unknown, session: Session, executions: Executions): Message {
  const name = textAt(params, 'name')
  if (name === undefined || !toolDefinitions.some((tool) => tool.name === name)) {
    return failure(id, -32602, 'Unknown tool')
  }
  const args = at(params, 'arguments')
  const key = isObject(args) ? textAt(args, 'key') : undefined
  executions.count(name, key ?? '')
  return result(id, toolResult(name, args, session.clientName))
}
