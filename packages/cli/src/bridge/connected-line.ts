import { displayUrl } from '../log/display-url.js'
import { fingerprint } from '../log/fingerprint.js'
import { printable } from '../log/printable.js'
import { isObject } from './message.js'
import { redact } from './redact.js'
import { noSessionYet, serverUnavailableCode } from './rpc-errors.js'
import type { Session } from './session.js'

/** The one line that says that the bridge stands. */
export function connectedLine(url: URL, { id, protocolVersion, serverName }: Session): string {
  const name = printable(serverName, 80)
  const session = id === undefined ? 'no session' : `session ${fingerprint(id)}`
  return `connected to ${name === '' ? '' : `${name} at `}${displayUrl(url)} (protocol ${protocolVersion ?? 'unknown'}, ${session})`
}

/** The one line that says why it does not: what the host's `initialize` was answered with instead of a result. */
export function refusedLine(url: URL, error: unknown): string {
  const { code, message } = isObject(error) ? error : {}
  const text = typeof message === 'string' ? message : 'no reason'
  if (code !== serverUnavailableCode) return `${displayUrl(url)} refused initialize: ${redact(text)}`
  // Whose words they are, the line says already.
  const reason = text.replace(`The MCP server at ${url.host} `, 'it ').replace(noSessionYet, '').trim()
  return `no MCP endpoint at ${displayUrl(url)}: ${redact(reason)}`
}
