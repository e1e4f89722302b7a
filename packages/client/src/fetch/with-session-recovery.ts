import type { SessionRecoveryMiddleware, SessionRecoveryOptions } from './options.js'

export function withSessionRecovery(_options: SessionRecoveryOptions = {}): SessionRecoveryMiddleware {
  return (next) => (input, init) => next(input as URL, init)
}
