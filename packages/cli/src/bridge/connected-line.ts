import { displayUrl } from '../log/display-url.js'
import { fingerprint } from '../log/fingerprint.js'
import { printable } from '../log/printable.js'
import type { Session } from './session.js'

/** The one line that says that the bridge stands. */
export function connectedLine(url: URL, { id, protocolVersion, serverName }: Session): string {
  const name = printable(serverName, 80)
  const session = id === undefined ? 'no session' : `session ${fingerprint(id)}`
  return `connected to ${name === '' ? '' : `${name} at `}${displayUrl(url)} (protocol ${protocolVersion ?? 'unknown'}, ${session})`
}
