import type { Clock } from '../base/clock.js'
import type { EventListener } from '../base/events.js'
import type { CatchUp } from '../recovery/catch-up.js'
import type { DialectOptions } from '../recovery/dialects.js'
import type { ListComparisons } from '../recovery/list-comparisons.js'
import type { ReplayPolicy } from '../recovery/replay-decision.js'
import type { Renewals } from '../recovery/renewals.js'
import type { VirtualSession } from '../session/virtual-session.js'
import type { SessionRegistry } from '../session/session-registry.js'
import type { FetchLike } from './options.js'
import type { SignInTraffic } from './sign-in-traffic.js'

/** What the parts of the middleware share: one for each `withSessionRecovery()`. */
export interface Engine {
  readonly registry: SessionRegistry
  readonly renewals: Renewals
  readonly catchUp: CatchUp
  readonly comparisons: ListComparisons
  readonly dialects: DialectOptions
  readonly authorizationTimeoutMs: number
  readonly signInTraffic: SignInTraffic
  readonly outageBudgetMs: number
  /** 0: a silent stream is waited for as long as the caller waits. */
  readonly stallTimeoutMs: number
  /** Marks what is of this middleware alone: ids of requests and events. */
  readonly tag: string
  readonly replay: ReplayPolicy
  readonly random: () => number
  readonly clock: Clock
  readonly emit: EventListener
  /** Told of every notification that the server sends on a stream. */
  readonly onNotification: (session: VirtualSession, method: string) => void
  /** Makes a JSON-RPC id that can't collide with a client's. */
  readonly newRequestId: () => string
}

/** The engine together with the `fetch` that it stands in front of. */
export interface Seam extends Engine {
  readonly next: FetchLike
}
