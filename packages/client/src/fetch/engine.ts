import type { Clock } from '../base/clock.js'
import type { EventListener } from '../base/events.js'
import type { DialectOptions } from '../recovery/dialects.js'
import type { ReplayPolicy } from '../recovery/replay-decision.js'
import type { Renewals } from '../recovery/renewals.js'
import type { SessionRegistry } from '../session/session-registry.js'
import type { FetchLike } from './options.js'
import type { SignInTraffic } from './sign-in-traffic.js'

/** What the parts of the middleware share: one for each `withSessionRecovery()`. */
export interface Engine {
  readonly registry: SessionRegistry
  readonly renewals: Renewals
  readonly dialects: DialectOptions
  readonly authorizationTimeoutMs: number
  readonly signInTraffic: SignInTraffic
  readonly outageBudgetMs: number
  readonly replay: ReplayPolicy
  readonly random: () => number
  readonly clock: Clock
  readonly emit: EventListener
  /** Makes a JSON-RPC id that can't collide with a client's. */
  readonly newRequestId: () => string
}

/** The engine together with the `fetch` that it stands in front of. */
export interface Seam extends Engine {
  readonly next: FetchLike
}
