import type { OutgoingMessage } from '../wire/json-rpc.js'

/**
 * What is done with a refused message once its session is renewed:
 * - `replay`: it is sent again, and its answer is the caller's answer;
 * - `satisfied`: it has nothing to say to the new session, and the caller hears that it was accepted.
 */
export type AfterRecovery = 'replay' | 'satisfied'

/** For a message that was refused at the session gate: the server did not run it. */
export function afterRecovery(message: OutgoingMessage): AfterRecovery {
  switch (message.kind) {
    case 'notification':
      // The handshake said `initialized` already, and some servers reject the second one. A cancellation is about a
      // request of the dead session.
      return isInitialized(message) || isCancellation(message) ? 'satisfied' : 'replay'
    case 'response':
      // It answers a question that the dead session asked; the new one may have asked another under the same id.
      return 'satisfied'
    case 'request':
    case 'batch':
    case 'unreadable':
      return 'replay'
  }
}

export function isInitialized(message: OutgoingMessage): boolean {
  return message.kind === 'notification' && message.method === 'notifications/initialized'
}

export function isCancellation(message: OutgoingMessage): boolean {
  return message.kind === 'notification' && message.method === 'notifications/cancelled'
}
