import { at, isObject, textAt } from '../wire/json.js'
import type { JsonObject } from '../wire/json.js'
import { failure, isNotification, isRequest, result } from '../wire/json-rpc.js'
import type { Message } from '../wire/json-rpc.js'
import type { Executions } from './executions.js'
import type { Behaviour, Lists } from './options.js'
import type { Session } from './sessions.js'
import { toolDefinitions, toolResult } from './tools.js'

/** The protocol versions with sessions and `initialize`, newest first. */
const KNOWN_VERSIONS: readonly string[] = ['2025-11-25', '2025-06-18', '2025-03-26']

export function negotiate(requested: unknown, forced: string | undefined): string {
  if (forced !== undefined) return forced
  const known = KNOWN_VERSIONS.find((version) => version === requested)
  return known ?? '2025-11-25'
}

/** What there is to list, unless a scenario says otherwise. */
export const defaultLists: Lists = {
  tools: toolDefinitions,
  prompts: [{ name: 'greet' }],
  resources: [{ uri: 'value://a', name: 'a' }],
}

type ListBehaviour = Pick<Behaviour, 'lists' | 'pageSize'>

export function initializeResult(protocolVersion: string, listChanged: boolean): unknown {
  return {
    protocolVersion,
    capabilities: {
      tools: { listChanged },
      resources: { listChanged, subscribe: true },
      prompts: { listChanged },
      logging: {},
    },
    serverInfo: { name: 'fault-server', version: '1.0.0' },
  }
}

/** Answers the requests among `messages`, in order; notifications and responses have no answer. */
export function answerAll(
  messages: readonly Message[],
  session: Session,
  executions: Executions,
  behaviour: ListBehaviour,
): readonly Message[] {
  return messages.flatMap((message) => {
    if (isNotification(message)) {
      if (message.method === 'notifications/initialized') session.initialized = true
      return []
    }
    return isRequest(message) ? [answerRequest(message, session, executions, behaviour)] : []
  })
}

function answerRequest(
  message: Message,
  session: Session,
  executions: Executions,
  { lists, pageSize }: ListBehaviour,
): Message {
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
      return result(id, page('tools', lists.tools, pageSize, params))
    case 'resources/list':
      return result(id, page('resources', lists.resources, pageSize, params))
    case 'prompts/list':
      return result(id, page('prompts', lists.prompts, pageSize, params))
    case 'tools/call':
      return callTool(id, params, session, executions)
    default:
      return failure(id, -32601, 'Method not found')
  }
}

/** One page of a list; the cursor is the number of the first entry. */
function page(member: string, entries: readonly JsonObject[], pageSize: number, params: unknown): JsonObject {
  const first = Number(textAt(params, 'cursor') ?? 0)
  const next = first + pageSize
  return {
    [member]: entries.slice(first, next),
    ...(next < entries.length ? { nextCursor: String(next) } : {}),
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
