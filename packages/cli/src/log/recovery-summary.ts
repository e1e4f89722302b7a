import type { EventListener, SessionEvent } from '@mcp-tether/client'
import type { Log } from './log.js'
import { printable } from './printable.js'

/** How long replays are gathered after a recovery, before its line is written. */
const gatherMs = 50

/** Says each loss in one line: `session lost (404) → recovered in 84 ms, 1 call replayed`. */
export interface RecoverySummary {
  readonly onEvent: EventListener
  /** Writes what is still being gathered. */
  readonly flush: () => void
}

interface Recovered {
  readonly line: string
  readonly timer: NodeJS.Timeout
  replayed: number
}

export function createRecoverySummary(log: Log): RecoverySummary {
  // One entry per session that is being recovered: a bridge has one session, two at most while a host starts over.
  const lost = new Map<string, string>()
  const recovered = new Map<string, Recovered>()
  /** Why the last recovery failed: each try of one outage fails alike, and is told once. */
  const failed = new Map<string, string>()

  const finish = (session: string): void => {
    const entry = recovered.get(session)
    if (!entry) return
    recovered.delete(session)
    clearTimeout(entry.timer)
    const calls = entry.replayed === 1 ? '1 call' : `${entry.replayed} calls`
    log.info(`${entry.line}${entry.replayed === 0 ? '' : `, ${calls} replayed`}`)
  }
  const takeLoss = (session: string): string => {
    const loss = lost.get(session) ?? 'session lost'
    lost.delete(session)
    return loss
  }
  const onEvent = (event: SessionEvent): void => {
    const { session } = event
    switch (event.type) {
      case 'session-lost':
        finish(session)
        lost.set(session, event.status === undefined ? 'session lost' : `session lost (${event.status})`)
        return
      case 'recovery-succeeded': {
        failed.delete(session)
        const timer = setTimeout(finish, gatherMs, session)
        timer.unref()
        const line = `${takeLoss(session)} → recovered in ${Math.round(event.durationMs)} ms`
        recovered.set(session, { line, timer, replayed: 0 })
        return
      }
      case 'request-replayed': {
        const entry = recovered.get(session)
        if (entry) entry.replayed++
        return
      }
      case 'server-changed': {
        const { changed, server, previousServer } = event
        const named = ({ name, version }: typeof server) => `${printable(name, 40)} ${printable(version, 40)}`.trim()
        const which = changed.includes('serverInfo') ? `${named(previousServer)} → ${named(server)}` : named(server)
        log.info(`the server came back as another: ${which} (${changed.join(', ')})`)
        return
      }
      case 'recovery-failed': {
        const { step, reason, durationMs } = event
        const loss = takeLoss(session)
        const why = `${step}: ${reason}`
        if (failed.get(session) === why) return
        failed.set(session, why)
        log.warn(`${loss} → not recovered, ${step} failed after ${Math.round(durationMs)} ms: ${printable(reason)}`)
        return
      }
      case 'recovery-suspended':
        log.warn(
          `${takeLoss(session)} → not recovered, recoveries keep failing: none is tried for ${Math.ceil(event.retryAfterMs / 1000)} s`,
        )
        return
      case 'not-recoverable':
        log.warn(`${takeLoss(session)} → can't be recovered (${event.reason})`)
        return
      default:
    }
  }
  return {
    onEvent,
    flush() {
      for (const session of [...recovered.keys()]) finish(session)
    },
  }
}
