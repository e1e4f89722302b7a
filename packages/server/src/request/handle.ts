import { randomUUID } from 'node:crypto'
import { StoreError } from '@mcp-tether/store'
import type { Instrument } from '../base/events.js'
import { fingerprint } from '../base/fingerprint.js'
import { StartTimeout } from '../base/start-timeout.js'
import type { RequestOptions, Sdk, SdkServer } from '../sdk/sdk.js'
import type { LiveSession } from '../session/live-session.js'
import type { Limit } from '../session/membership.js'
import { principalHash } from '../session/principal.js'
import type { ProcessLife } from '../session/process-life.js'
import { errorCodes, refusal, sessionNotFound, unavailable } from '../wire/error-answers.js'
import { isRequest, messagesOf } from '../wire/json-rpc.js'
import { badBody, readBody } from '../wire/read-body.js'
import type { SessionKeeper } from './keeper.js'
import { openStream } from './open-stream.js'
import { forward } from './session-notices.js'
import type { Settings } from './settings.js'

/** To get hold of a server that stays until the request is its. */
const maxTries = 5

export interface HandlerContext<Server extends SdkServer> {
  readonly settings: Settings<Server>
  readonly keeper: SessionKeeper<Server>
  readonly life: ProcessLife
  readonly tell: Instrument
  readonly sdk: () => Promise<Sdk>
}

/** Answers an HTTP request: on its session, or with why there is none. Never rejects. */
export async function handle<Server extends SdkServer>(
  context: HandlerContext<Server>,
  request: Request,
  options: RequestOptions,
): Promise<Response> {
  try {
    return await answer(context, request, options)
  } catch (error) {
    if (StoreError.isInstance(error)) {
      if (error.code === 'too_large') {
        return refusal(413, errorCodes.badRequest, 'Payload Too Large: it is more than the store of the sessions takes')
      }
      const isFull = error.code === 'too_many_requests'
      const message = isFull
        ? 'This session has too many requests in flight. Try again later.'
        : 'The sessions are not available at the moment. Try again later.'
      return unavailable(message, error.code)
    }
    if (error instanceof StartTimeout) {
      return unavailable('The server of this session is not ready. Try again later.', 'start_timeout')
    }
    return refusal(500, errorCodes.recoveryFailed, 'The session could not be restored. Initialize a new one.', {
      data: { code: 'restore_failed' },
    })
  }
}

async function answer<Server extends SdkServer>(
  context: HandlerContext<Server>,
  request: Request,
  options: RequestOptions,
): Promise<Response> {
  const { settings, keeper } = context
  let body = options.parsedBody
  if (request.method === 'POST' && body === undefined) {
    const read = await readBody(request, settings.limits.bodyBytes)
    if ('problem' in read) return badBody(read.problem, settings.limits.bodyBytes)
    body = read.value
  }
  const sdk = await context.sdk()
  const passed = { ...options, ...(body === undefined ? {} : { parsedBody: body }) }
  if (sdk.modern !== undefined && (await sdk.modern.isModern(request, body))) return sdk.modern.fetch(request, passed)

  const principal = principalHash(settings.principal(request, options.authInfo))
  const sessionId = request.headers.get('mcp-session-id')
  if (sessionId === null) {
    const initialize = messagesOf(body).find(({ method }) => method === 'initialize')
    if (request.method === 'POST' && initialize !== undefined) {
      return begin(context, sdk, request, body, initialize.params, principal, options)
    }
    return refusal(400, errorCodes.badRequest, 'Bad Request: Mcp-Session-Id header is required')
  }
  const unknown = () => {
    context.tell({ type: 'server-session-unknown', session: fingerprint(sessionId) })
    return sessionNotFound()
  }
  if (!isPlausible(sessionId)) return unknown()
  if (request.method === 'DELETE') {
    return (await keeper.end(sessionId, principal)) ? new Response(null, { status: 200 }) : unknown()
  }
  for (let tries = 0; tries < maxTries; tries++) {
    const live = await keeper.find({ sdk, request, options }, sessionId, principal)
    if (live === undefined) return unknown()
    if (!isLive(live)) return atLimit(context, live)
    const response = await onSession(context, live, request, body, options)
    if (response !== 'went away') return response ?? unknown()
  }
  return unavailable('The server of this session has just gone. Try again.', 'server_gone')
}

function isLive(found: LiveSession | Limit | undefined): found is LiveSession {
  return typeof found === 'object'
}

/** A new session, if there is room for it. */
async function begin<Server extends SdkServer>(
  { keeper, settings, tell }: HandlerContext<Server>,
  sdk: Sdk,
  request: Request,
  body: unknown,
  params: unknown,
  principal: string | null,
  options: RequestOptions,
): Promise<Response> {
  const sessionId = keeper.newSessionId()
  const limit = await keeper.admit(sessionId, principal)
  if (limit !== undefined) return atLimit({ tell }, limit)
  let live: LiveSession | undefined
  try {
    live = await keeper.create(sdk, sessionId, principal, params, options)
    const response = await live.handle(request, body, options, { streamId: randomUUID(), isSynthetic: false })
    // The answer waits for the store, so that no client learns of a session that could be forgotten.
    const isAnswered = await live.whenIdle(settings.startTimeout)
    if (isAnswered && live.failure === undefined) return response
    await response.body?.cancel()
    throw live.failure ?? new StartTimeout(settings.startTimeout)
  } finally {
    if (keeper.live.get(sessionId) === undefined) {
      await keeper.leave(sessionId, principal).catch(() => undefined)
      await live?.close()
    }
  }
}

/** @returns undefined where the session has ended meanwhile; `went away` where another instance has to take the request */
async function onSession<Server extends SdkServer>(
  context: HandlerContext<Server>,
  live: LiveSession,
  request: Request,
  body: unknown,
  options: RequestOptions,
): Promise<Response | 'went away' | undefined> {
  const { keeper, life } = context
  const { sessionId, record } = live
  const { sessions } = keeper.store
  const dispatch = { streamId: randomUUID(), isSynthetic: false }
  const messages = messagesOf(body)
  const requests = messages.filter(isRequest)
  const ttl = keeper.records.ttlOf(record)
  if (requests.length > 0) await life.begin()
  const found =
    requests.length === 0
      ? [await sessions.touch(sessionId, ttl)]
      : await Promise.all(
          requests.map(({ id: requestId }) =>
            sessions.startRequest(sessionId, { requestId, owner: life.owner, streamId: dispatch.streamId }, ttl),
          ),
        )
  const version = found[0]
  if (version === undefined) {
    await keeper.gone(sessionId)
    return undefined
  }
  let isThere = false
  try {
    if (await keeper.bringTo(version, live, request, options)) {
      // Not before, or an answer gets into a session that is another's by now; and before anything is dispatched.
      const others = live.isClosed ? [] : messages.filter((message) => live.isForAnother(message))
      for (const message of others) await forward(keeper.store, sessionId, message)
      isThere = true
    }
  } finally {
    if (!isThere) await Promise.all(requests.map(({ id }) => sessions.finishRequest(sessionId, id, life.owner)))
  }
  if (!isThere) {
    await keeper.close(live)
    return 'went away'
  }
  // Meanwhile it may have left the memory, to make room or because nobody used it. Then it would refuse what it may not.
  if (live.isClosed) return 'went away'
  keeper.keep(live)
  if (request.method === 'GET') return openStream(context, live, request)
  return live.handle(request, body, options, dispatch)
}

function atLimit({ tell }: { readonly tell: Instrument }, limit: Limit): Response {
  tell({ type: 'server-session-limit-reached', limit })
  if (limit === 'too_many_live_sessions') {
    return unavailable('This process has as many sessions in use as are allowed. Try again later.', limit)
  }
  const whose = limit === 'too_many_sessions' ? 'The server has' : 'You have'
  return unavailable(`${whose} as many sessions as are allowed. End one, or try again later.`, limit, 60)
}

/** Ours have 32 characters; those of `unknownSessions: 'recreate'` may be others. The specification: visible ASCII. */
function isPlausible(sessionId: string): boolean {
  return /^[\x21-\x7E]{1,256}$/.test(sessionId)
}
