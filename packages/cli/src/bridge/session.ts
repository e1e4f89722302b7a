import type { HeaderRecord } from '../upstream/header-record.js'
import { isObject } from './message.js'

/** What the server's answer to `initialize` laid down for the messages after it. */
export interface Session {
  /** `Mcp-Session-Id` of that answer; a stateless server sends none. */
  readonly id: string | undefined
  /** The negotiated protocol version. */
  readonly protocolVersion: string | undefined
  /** The server's name and version, as it says them. */
  readonly serverName: string
  /** Whether it has declared that it sends log messages (capability `logging`). */
  readonly logs: boolean
}

/** `result` is the result of `initialize`. */
export function sessionFrom(id: string | undefined, result: unknown): Session {
  const { protocolVersion, serverInfo, capabilities } = isObject(result) ? result : {}
  const { name, version } = isObject(serverInfo) ? serverInfo : {}
  return {
    id,
    // It goes into a header: anything but visible ASCII could not be sent.
    protocolVersion:
      typeof protocolVersion === 'string' && /^[\x21-\x7e]+$/.test(protocolVersion) ? protocolVersion : undefined,
    serverName: [name, version].filter((part) => typeof part === 'string').join(' '),
    logs: isObject(capabilities) && isObject(capabilities.logging),
  }
}

/** Adds the headers that belong to a session. */
export function withSession(headers: HeaderRecord, session: Session | undefined): HeaderRecord {
  return {
    ...headers,
    ...(session?.id === undefined ? {} : { 'mcp-session-id': session.id }),
    ...(session?.protocolVersion === undefined ? {} : { 'mcp-protocol-version': session.protocolVersion }),
  }
}
