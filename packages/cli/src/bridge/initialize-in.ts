import { readHostMessage, type RpcRequest } from './message.js'

/** The `initialize` that begins a session, if that is what this request is. */
export function initializeIn(init: RequestInit | undefined): RpcRequest | undefined {
  if (init?.method !== 'POST' || typeof init.body !== 'string') return undefined
  // A cheap look before anything is parsed.
  if (!init.body.includes('"initialize"') || new Headers(init.headers).has('mcp-session-id')) return undefined
  const message = readHostMessage(init.body)
  const [request] = message.kind === 'request' ? message.requests : []
  return request?.method === 'initialize' ? request : undefined
}
