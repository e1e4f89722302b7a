import { randomUUID } from 'node:crypto'
import type { RpcRequest } from './message.js'

/** A request of the bridge's own (MCP 2025-11-25, Ping). */
export interface Ping {
  readonly text: string
  readonly request: RpcRequest
}

const idPrefix = 'mcp-tether-ping-'

/** Makes pings with ids that no host has. */
export function pings(): () => Ping {
  const series = randomUUID()
  let count = 0
  return () => {
    const idText = JSON.stringify(`${idPrefix}${series}-${++count}`)
    return {
      text: `{"jsonrpc":"2.0","id":${idText},"method":"ping"}`,
      request: { key: idText, idText, method: 'ping', ours: true },
    }
  }
}

/** Whether a request with this id, as it is written in the message, is a ping of the bridge's own. */
export function isPingId(idText: string): boolean {
  return idText.startsWith(`"${idPrefix}`)
}
