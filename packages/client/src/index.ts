export type {
  DialectOptions,
  FetchLike,
  InitializeParams,
  RecoveringFetch,
  SessionRecoveryMiddleware,
  SessionRecoveryOptions,
} from './fetch/options.js'
export type { EventListener, RecoveryStep, SessionEvent } from './base/events.js'
export type { Clock } from './base/clock.js'
export { withSessionRecovery } from './fetch/with-session-recovery.js'
