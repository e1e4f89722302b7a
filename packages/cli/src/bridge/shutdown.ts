import { setTimeout as delay } from 'node:timers/promises'
import { shutdownAnswersMs, shutdownMs } from './limits.js'

export interface ShutdownSteps {
  /** Resolves when nothing is in flight. */
  readonly answered: () => Promise<void>
  /** Gives up what is still in flight. */
  readonly abandon: () => void
  readonly closeSession: (signal: AbortSignal) => Promise<void>
  /** Resolves when the host has been handed everything. */
  readonly flush: () => Promise<void>
}

/** Runs the steps in their order, and never longer than a host waits before it kills. */
export async function closeWithin(steps: ShutdownSteps): Promise<void> {
  const start = performance.now()
  const atMost = async (work: Promise<void>, untilMs: number): Promise<void> => {
    const over = new AbortController()
    const left = Math.max(untilMs - (performance.now() - start), 0)
    await Promise.race([work, delay(left, undefined, { signal: over.signal }).catch(() => undefined)])
    over.abort()
  }
  await atMost(steps.answered(), shutdownAnswersMs)
  steps.abandon()
  const closing = new AbortController()
  await atMost(steps.closeSession(closing.signal), shutdownMs)
  closing.abort()
  await atMost(steps.flush(), shutdownMs)
}
