import type { OutgoingMessage } from '../wire/json-rpc.js'
import type { Classification } from './classify.js'

/**
 * What may be sent again after the session was lost:
 * - `on-rejection`: whatever the server refused, because it did not run it;
 * - `hinted`: of that, only reads, tools that the server calls read-only or idempotent, and what it proves not to have run;
 * - `never`: nothing; the session is renewed and the caller told to try again.
 */
export type ReplayPolicy = 'on-rejection' | 'hinted' | 'never'

/**
 * How far a request came (after gRPC). `refused` is what the words of an answer imply, `not-dispatched` what its header
 * `Mcp-Not-Dispatched` proves: no tool has run, whatever the status.
 */
export type Progress = 'not-started' | 'not-dispatched' | 'refused' | 'unknown'

/** What a lost session means for the request that met it. */
export interface RequestLoss {
  /** What told of the loss. */
  readonly rule: string
  readonly progress: Progress
}

/**
 * What the classifier's verdict about an answer means for the request that was answered.
 * @param isProven whether the answer proves that the request was not run
 */
export function requestLossOf(
  { rule, replay }: Extract<Classification, { conclusion: 'lost' }>,
  isProven: boolean,
): RequestLoss {
  if (isProven) return { rule, progress: 'not-dispatched' }
  return { rule, progress: replay === 'heal-only' ? 'unknown' : 'refused' }
}

/**
 * Whether a request may be sent again.
 * @param isSafe whether running it twice would do no harm
 */
export function maySendAgain(progress: Progress, policy: ReplayPolicy, isSafe: boolean): boolean {
  switch (progress) {
    case 'not-started':
      return true
    case 'not-dispatched':
      return policy !== 'never'
    case 'refused':
      return policy === 'on-rejection' || (policy === 'hinted' && isSafe)
    case 'unknown':
      return policy !== 'never' && isSafe
  }
}

/**
 * Whether a message has nothing to say to a new session, so that it is done with once there is one. The caller then
 * hears that it was accepted.
 */
export function isSatisfiedByRecovery(message: OutgoingMessage): boolean {
  // The handshake said `initialized` already, and some servers reject the second one. A cancellation is about a request
  // of the dead session; a response and progress are about its question: the new one may have asked another under the
  // same id.
  if (message.kind === 'batch') return message.messages.every(isSatisfiedByRecovery)
  return isInitialized(message) || isCancellation(message) || isProgress(message) || message.kind === 'response'
}

/** A client tells progress of what the server asked it for. */
function isProgress(message: OutgoingMessage): boolean {
  return message.kind === 'notification' && message.method === 'notifications/progress'
}

export function isInitialized(message: OutgoingMessage): boolean {
  return message.kind === 'notification' && message.method === 'notifications/initialized'
}

export function isCancellation(message: OutgoingMessage): boolean {
  return message.kind === 'notification' && message.method === 'notifications/cancelled'
}
