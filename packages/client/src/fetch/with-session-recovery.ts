import { systemClock } from '../base/clock.js'
import { emitterTo } from '../base/events.js'
import { fingerprint } from '../base/fingerprint.js'
import { randomId } from '../base/random-id.js'
import { CatchUp } from '../recovery/catch-up.js'
import { ListComparisons } from '../recovery/list-comparisons.js'
import { Renewals } from '../recovery/renewals.js'
import { noteServerNotification } from '../session/server-notifications.js'
import { SessionRegistry } from '../session/session-registry.js'
import { headerValue, sessionIdHeader } from '../wire/headers.js'
import type { VirtualSession } from '../session/virtual-session.js'
import { adoptResumedSession, bindSession, initializeIn } from './bind-session.js'
import { baseUrl, isRequest, normalise, onCurrentEpoch, type Call } from './call.js'
import { checkOptions } from './check-options.js'
import { closeSession } from './close-session.js'
import type { Engine, Seam } from './engine.js'
import { openStream } from './open-stream.js'
import type { FetchLike, RecoveringFetch, SessionRecoveryMiddleware, SessionRecoveryOptions } from './options.js'
import { present } from './present.js'
import { mentions } from './request-body.js'
import { sendMessage } from './send-message.js'
import { SignInTraffic } from './sign-in-traffic.js'
import { snapshotsOf } from './session-snapshot.js'

/**
 * A `fetch` middleware that keeps MCP sessions alive when the server forgets them (MCP 2025-11-25, Transports, Session
 * Management 4): it starts a new session and sends the refused request again, so that the caller gets its answer and
 * never learns that a session died. Towards the caller the session id stays the same.
 *
 * It looks after a session from the `initialize` that is answered with an `Mcp-Session-Id`; every other request passes
 * through untouched. One middleware may serve any number of servers and sessions.
 *
 * The `fetch` it makes returns `Response`s and throws only what the `fetch` behind it throws. A recovery that fails is
 * answered with a JSON-RPC error (code -32010) that says what was tried; a request that broke off and is not safe to
 * repeat with -32011; one that found no server ready for it within the outage budget with -32012.
 *
 * @throws TetherError `invalid_option` when an option has no meaning.
 * @example
 * const fetch = withSessionRecovery()(globalThis.fetch)
 * new StreamableHTTPClientTransport(url, { fetch })
 */
export function withSessionRecovery(options: SessionRecoveryOptions = {}): SessionRecoveryMiddleware {
  const engine = engineOf(options)
  const middleware = (next: FetchLike): RecoveringFetch => {
    const seam: Seam = { ...engine, next }
    // A fetch does not throw: it rejects.
    return async (input, init) => await answerTo(seam, options, input, init)
  }
  return Object.assign(middleware, {
    sessions: () => snapshotsOf(engine),
    signInFailed() {
      for (const { newestHeaders } of engine.registry.all) newestHeaders.wake()
    },
  })
}

/** What is known of a call before its body is read. */
interface Sorted {
  readonly session: VirtualSession | undefined
  readonly sessionId: string | undefined
  readonly mayInitialize: boolean
  readonly passOn: () => Promise<Response>
}

function engineOf(options: SessionRecoveryOptions): Engine {
  const checked = checkOptions(options)
  const clock = options.clock ?? systemClock
  const random = options.random ?? Math.random
  const dialects = options.dialects ?? {}
  const emit = emitterTo(options.onEvent)
  const registry = new SessionRegistry({
    maxSessions: checked.maxSessions,
    idleTimeoutMs: checked.sessionIdleTimeout,
    clock,
    newId: randomId,
  })
  // It is random, so that no client's id and no other middleware's can be the same.
  const tag = `mcp-tether-${randomId().slice(0, 8)}`
  let requests = 0
  const newRequestId = () => `${tag}-${String(++requests)}`
  const background = { clock, random, emit, newRequestId }
  const catchUp = new CatchUp(background)
  const comparisons = new ListComparisons(background, options.announceListChanges ?? 'declared')
  const renewals = new Renewals({
    ...background,
    registry,
    catchUp,
    comparisons,
    dialects,
    recoveryTimeoutMs: checked.recoveryTimeout,
    throttling: checked.throttling,
    maxBackgroundRecoveries: checked.maxBackgroundRecoveries,
  })
  return {
    ...background,
    registry,
    renewals,
    catchUp,
    comparisons,
    dialects,
    authorizationTimeoutMs: checked.authorizationTimeout,
    signInTraffic: new SignInTraffic(clock),
    outageBudgetMs: checked.outageBudget,
    stallTimeoutMs: checked.stallTimeout,
    tag,
    onNotification: noteServerNotification,
    replay: options.replay ?? 'on-rejection',
  }
}

/**
 * Not async, and little is of what a healthy call passes on its way: an async function keeps all that it has computed for
 * as long as the server takes, and that is most of the garbage of a call.
 */
function answerTo(
  seam: Seam,
  options: SessionRecoveryOptions,
  input: string | URL | Request,
  init: RequestInit | undefined,
): Promise<Response> {
  const request = isRequest(input) ? input : undefined
  const method = (init?.method ?? request?.method ?? 'GET').toUpperCase()
  const sessionId = headerValue(init?.headers ?? request?.headers, sessionIdHeader)
  const mayInitialize =
    method === 'POST' && (init?.body || !request ? mentions(init?.body, '"initialize"') : holdsJson(request))
  const url = urlOf(input)
  if (!url) return seam.next(input as URL, init)
  if (sessionId === undefined && !mayInitialize) {
    return seam.signInTraffic.watch(url, init?.body, passing(seam, input, init))
  }
  const session = sessionId === undefined ? undefined : seam.registry.find(url, sessionId)
  // A Request can be read once: where it may have to be passed on as it is, only a copy is looked at.
  const call = normalise(session || !request ? input : request.clone(), init)
  if (session && !mayInitialize && !(call instanceof Promise)) return withSession(seam, session, call)
  return answerToCall(seam, options, call, { session, sessionId, mayInitialize, passOn: passing(seam, input, init) })
}

async function answerToCall(
  seam: Seam,
  options: SessionRecoveryOptions,
  normalised: Call | Promise<Call>,
  { session, sessionId, mayInitialize, passOn }: Sorted,
): Promise<Response> {
  const call = await normalised
  const initialize = mayInitialize ? initializeIn(call) : undefined
  if (initialize) return bindSession(seam, call, initialize)
  if (session) return withSession(seam, session, call)
  return sessionId === undefined ? passOn() : withUnknownSession(seam, call, sessionId, options, passOn)
}

function passing({ next }: Seam, input: string | URL | Request, init: RequestInit | undefined) {
  return () => next(input as URL, init)
}

function withSession(seam: Seam, session: VirtualSession, call: Call): Promise<Response> {
  switch (call.method) {
    case 'POST':
      return sendMessage(seam, session, call)
    case 'GET':
      return openStream(seam, session, call)
    case 'DELETE':
      return closeSession(seam, session, call)
    default:
      return presented(seam.next(call.target, onCurrentEpoch(call, session, false)), session)
  }
}

async function presented(answer: Promise<Response>, session: VirtualSession): Promise<Response> {
  return present(await answer, session)
}

/** A session that this middleware did not see being made: a client that resumes with a stored id. */
async function withUnknownSession(
  seam: Seam,
  call: Call,
  sessionId: string,
  { transcript }: SessionRecoveryOptions,
  passOn: () => Promise<Response>,
): Promise<Response> {
  const params = typeof transcript === 'function' ? transcript(sessionId, call.url) : transcript
  if (params) {
    // Another first request of the same session may have been quicker.
    const session = seam.registry.find(call.url, sessionId) ?? adoptResumedSession(seam, call, sessionId, params)
    return withSession(seam, session, call)
  }
  const response = await passOn()
  if (call.method === 'POST' && response.status === 404) {
    seam.emit({ type: 'not-recoverable', session: fingerprint(sessionId), reason: 'no-transcript' })
  }
  return response
}

/** A `Request` has to be read to be looked into: only what says that it is JSON is. */
function holdsJson({ headers }: Request): boolean {
  return /^\s*application\/json\s*(;|$)/i.test(headers.get('content-type') ?? '')
}

function urlOf(input: string | URL | Request): URL | undefined {
  if (input instanceof URL) return input
  try {
    return new URL(typeof input === 'string' ? input : input.url, baseUrl())
  } catch {
    // No URL: the fetch behind us says so better than we could.
    return undefined
  }
}
