import type { SessionEvent } from '@mcp-tether/client'
import { printable } from './printable.js'

/** One line of `--verbose` for an event of the engine. */
export function eventLine(event: SessionEvent): string {
  return `· ${event.type} (session ${event.session}${'epoch' in event ? `, epoch ${event.epoch}` : ''})${details(event)}`
}

function details(event: SessionEvent): string {
  switch (event.type) {
    case 'session-lost':
      return `: ${event.rule}${event.status === undefined ? '' : `, status ${event.status}`}`
    case 'recovery-succeeded':
      return `: in ${Math.round(event.durationMs)} ms, protocol ${printable(event.protocolVersion, 40)}${
        event.previousProtocolVersion === undefined ? '' : ` (was ${printable(event.previousProtocolVersion, 40)})`
      }${event.stateless ? ', stateless now' : ''}`
    case 'recovery-step':
      return `: ${event.step} took ${Math.round(event.durationMs)} ms`
    case 'recovery-suspended':
      return `: none for ${Math.ceil(event.retryAfterMs / 1000)} s`
    case 'recovery-failed':
      return `: at ${event.step} after ${Math.round(event.durationMs)} ms: ${printable(event.reason)}`
    case 'restore-failed':
      return `: ${event.method}${event.uri === undefined ? '' : ` ${printable(event.uri, 80)}`}: ${printable(event.reason)}`
    case 'server-changed':
      return `: ${event.changed.join(', ')} (${printable(event.server.name, 40)} ${printable(event.server.version, 40)})`
    case 'list-changed':
      return `: ${event.list}${event.announced ? '' : ', not announced'}`
    case 'list-comparison-failed':
      return `: ${event.list}: ${printable(event.reason)}`
    case 'request-replayed':
      return `: ${printable(event.method, 80)}`
    case 'not-recoverable':
      return `: ${event.reason}`
    default:
      return ''
  }
}
