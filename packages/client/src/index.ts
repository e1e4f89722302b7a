export type {
  FetchLike,
  InitializeParams,
  RecoveringFetch,
  RecoveryThrottling,
  SessionRecoveryMiddleware,
  SessionRecoveryOptions,
} from './fetch/options.js'
export type { SessionSnapshot } from './fetch/session-snapshot.js'
export type { DialectOptions } from './recovery/dialects.js'
export type { ListChangePolicy } from './recovery/list-comparisons.js'
export type { ReplayPolicy } from './recovery/replay-decision.js'
export type { EventListener, RecoveryStep, SessionEvent } from './base/events.js'
export type { Clock } from './base/clock.js'
export { TetherError, type TetherErrorCode } from './base/errors.js'
export { withSessionRecovery } from './fetch/with-session-recovery.js'
