import type { EventListener } from '../base/events.js'
import type { Clock } from '../base/clock.js'
import type { DialectOptions } from '../recovery/dialects.js'
import type { ListChangePolicy } from '../recovery/list-comparisons.js'
import type { ReplayPolicy } from '../recovery/replay-decision.js'
import type { SessionSnapshot } from './session-snapshot.js'

/** The part of `fetch` that MCP client transports use; the same type as in the official SDKs. */
export type FetchLike = (url: string | URL, init?: RequestInit) => Promise<Response>

/** A `fetch` that takes a `Request` too: fits both the SDKs' `FetchLike` and the type of the global `fetch`. */
export type RecoveringFetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/** The SDKs' own middleware shape: composes with their `applyMiddlewares`. */
export interface SessionRecoveryMiddleware {
  (next: FetchLike): RecoveringFetch
  /** The sessions that are looked after now, for a status page: the one that was idle longest first. */
  readonly sessions: () => readonly SessionSnapshot[]
  /**
   * The client's sign-in has failed: requests that wait for its token (see
   * {@link SessionRecoveryOptions.authorizationTimeout}) get their error now.
   */
  readonly signInFailed: () => void
}

/** The `params` of an `initialize` request (MCP 2025-11-25, Lifecycle). */
export interface InitializeParams {
  readonly protocolVersion: string
  readonly capabilities: Readonly<Record<string, unknown>>
  readonly clientInfo: Readonly<Record<string, unknown>>
  readonly [member: string]: unknown
}

/**
 * When no more renewals are tried for a while, for each server (its host and path). Each renewal that fails, or whose
 * new session is lost before anything was answered on it, spends a token; each that was of use brings some back. A
 * renewal that works spends none, so that twenty losses in a row are twenty renewals; and an outage spends none, because
 * the outage budget bounds it. When half of the tokens are spent, requests that would need a renewal get an error at
 * once that says so and for how long; after the pause one renewal is tried, and if that works all are free again.
 */
export interface RecoveryThrottling {
  /**
   * The size of the bucket. Half of it is what may fail before it is suspended: five renewals, as in gRPC.
   * @default 10
   */
  readonly maxTokens?: number
  /**
   * What one renewal that was of use brings back. 1: a server where most renewals are of use is never suspended.
   * @default 1
   */
  readonly tokensPerSuccess?: number
  /**
   * The first pause, in milliseconds: long enough for a process that crashes while it starts to be started again. Each
   * next one is twice as long, up to a minute.
   * @default 5_000
   */
  readonly pause?: number
}

/** Options of {@link withSessionRecovery}. Durations are in milliseconds. */
export interface SessionRecoveryOptions {
  /**
   * Longest time one recovery may take, from its `initialize` until the new session has been told the log level and the
   * subscriptions of the old one.
   * Half of the SDKs' default request timeout (60 s), so that the caller hears the reason before it gives up.
   * Of it `initialize` may take two thirds, each other step one third. A server that lets us wait longer for its
   * subscriptions gets its first request without them, and is told them in the background.
   * @default 30_000
   */
  readonly recoveryTimeout?: number
  /**
   * How long a request waits for a server that can't be reached or is not ready, from its first failure. Never longer
   * than its caller waits. Enough for the usual redeploy; with `recoveryTimeout` after it, still within the SDKs'
   * default request timeout. 0: not at all.
   * @default 30_000
   */
  readonly outageBudget?: number
  /**
   * How long the event stream that answers a request may bring nothing, not even a comment, before it counts as broken.
   * 0: silence is no failure, since a tool may take an hour, and not every server sends keep-alives.
   * @default 0
   */
  readonly stallTimeout?: number
  /** Which refused requests are sent again on the new session, see {@link ReplayPolicy}. @default 'on-rejection' */
  readonly replay?: ReplayPolicy
  /**
   * When requests of one session are refused with 401 together, or the server answers a recovery's `initialize` so, one
   * of them is given that answer, so that the client's own sign-in runs once (a refresh token that rotates is revoked
   * when it comes twice; OAuth 2.1, 4.3.1). This is how long the others wait for the new token; where a 401 answered
   * the requests themselves, one second only if no sign-in is seen to begin.
   * @default 30_000
   */
  readonly authorizationTimeout?: number
  /**
   * Most sessions remembered at once; beyond it the one that was idle longest is forgotten (its next loss is then
   * passed to the caller).
   * @default 10_000
   */
  readonly maxSessions?: number
  /**
   * How long a session is remembered that nobody uses: no request, no open stream. In milliseconds. It is forgotten when
   * the middleware is next used for another one; its next loss is then passed to the caller.
   * Generous, because some hosts stay open for days, and a forgotten session can't be renewed.
   * @default 86_400_000 (24 h)
   */
  readonly sessionIdleTimeout?: number
  /** When renewals of one server keep failing, see {@link RecoveryThrottling}. */
  readonly recoveryThrottling?: RecoveryThrottling
  /**
   * Most sessions of one server that are renewed at once while nobody waits for them (because the standalone stream
   * broke, say). The others follow; one that a request waits for is never put off.
   * Ten bring a thousand sessions back within 15 s at 50 ms a round trip, and are no herd to a server that has just
   * started.
   * @default 10
   */
  readonly maxBackgroundRecoveries?: number
  /**
   * Whether the client is told with `notifications/…/list_changed` that tools, prompts or resources are others after a
   * recovery, see {@link ListChangePolicy}. For that, the lists that it has asked for are listed again in the
   * background. Clients that have declared no handler may report such a notification as an error.
   * @default 'declared'
   */
  readonly announceListChanges?: ListChangePolicy
  /** Which dialects of a lost session are believed. @default all */
  readonly dialects?: DialectOptions
  /**
   * What to say in `initialize` for a session that this middleware did not see being made: a client that resumes with
   * a stored session id sends none. Without it, such a session can't be recovered and its refusals are passed on.
   */
  readonly transcript?: InitializeParams | ((sessionId: string, url: URL) => InitializeParams | undefined)
  /** Receives what happens, see {@link SessionEvent}. */
  readonly onEvent?: EventListener
  /** Source of time, for simulations. @default the platform's clock */
  readonly clock?: Clock
  /** Source of randomness for back-off: a number from 0 to 1. @default Math.random */
  readonly random?: () => number
}
