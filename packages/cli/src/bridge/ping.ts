import { randomUUID } from 'node:crypto'
import type { RpcRequest } from './message.js'

/** A request of the bridge's own (MCP 2025-11-25, Ping). */
export interface Ping {
  readonly text: string
  readonly request: RpcRequest
}

/** Makes pings with ids that no host has. */
export function pings(): () => Ping {
  const series = randomUUID()
  let count = 0
  return () => {
    const idText = JSON.stringify(`mcp-tether-ping-${series}-${++count}`)
    return {
      text: `{"jsonrpc":"2.0","id":${idText},"method":"ping"}`,
      request: { key: idText, idText, method: 'ping', ours: true },
    }
  }
}
