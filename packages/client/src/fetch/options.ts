import type { EventListener } from '../base/events.js'
import type { Clock } from '../base/clock.js'
import type { DialectOptions } from '../recovery/dialects.js'
import type { ReplayPolicy } from '../recovery/replay-decision.js'

/** The part of `fetch` that MCP client transports use; the same type as in the official SDKs. */
export type FetchLike = (url: string | URL, init?: RequestInit) => Promise<Response>

/** A `fetch` that takes a `Request` too: fits both the SDKs' `FetchLike` and the type of the global `fetch`. */
export type RecoveringFetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

/** The SDKs' own middleware shape: composes with their `applyMiddlewares`. */
export type SessionRecoveryMiddleware = (next: FetchLike) => RecoveringFetch

/** The `params` of an `initialize` request (MCP 2025-11-25, Lifecycle). */
export interface InitializeParams {
  readonly protocolVersion: string
  readonly capabilities: Readonly<Record<string, unknown>>
  readonly clientInfo: Readonly<Record<string, unknown>>
  readonly [member: string]: unknown
}

/** Options of {@link withSessionRecovery}. Durations are in milliseconds. */
export interface SessionRecoveryOptions {
  /**
   * Longest time one recovery may take, from its `initialize` to the acknowledged `notifications/initialized`.
   * Half of the SDKs' default request timeout (60 s), so that the caller hears the reason before it gives up.
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
