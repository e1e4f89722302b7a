import { isSigned, protocolVersionHeader, sessionIdHeader, withHeaderValues } from '../wire/headers.js'
import { readMessage, type OutgoingMessage } from '../wire/json-rpc.js'
import type { VirtualSession } from '../session/virtual-session.js'
import { blobText, bodyObstacle, bodyText, isBlob, keptBody } from './request-body.js'

/** One call of our `fetch`, whatever form its arguments had. */
export interface Call {
  /** As the client gave it. */
  readonly target: string | URL
  readonly url: URL
  readonly method: string
  readonly init: RequestInit
  readonly signal: AbortSignal | undefined
  /** The body as text, if it can be a message. */
  readonly text: () => string | undefined
  /** What stands against sending the body a second time. */
  readonly bodyObstacle: ReturnType<typeof bodyObstacle>
  /** The message in the body; read once, when first asked for. */
  readonly message: () => OutgoingMessage
}

/** Brings the arguments of a `fetch` into one form. A `Request`'s body is read whole: a used one can't be sent again. */
export function normalise(input: string | URL | Request, init: RequestInit | undefined): Call | Promise<Call> {
  if (isRequest(input)) return ofRequest(input, init)
  const body = keptBody(init?.body)
  const kept = body === init?.body ? (init ?? {}) : { ...init, body: body ?? null }
  return isBlob(body) ? blobText(body).then((text) => callOf(input, kept, text)) : callOf(input, kept)
}

async function ofRequest(input: Request, init: RequestInit | undefined): Promise<Call> {
  const request = new Request(input, init)
  const body = request.body === null ? null : await request.arrayBuffer()
  return callOf(request.url, {
    // What only this platform knows (undici's `dispatcher`, Cloudflare's `cf`) is passed on as it is.
    ...init,
    method: request.method,
    headers: request.headers,
    body,
    signal: request.signal,
    redirect: request.redirect,
    credentials: request.credentials,
    cache: request.cache,
    integrity: request.integrity,
    mode: request.mode === 'navigate' ? 'same-origin' : request.mode,
    referrer: request.referrer,
    keepalive: request.keepalive,
    referrerPolicy: request.referrerPolicy,
  })
}

/** Asks last for what some platforms load when it is first mentioned. */
export function isRequest(input: string | URL | Request): input is Request {
  return typeof input !== 'string' && !(input instanceof URL) && input instanceof Request
}

/** @param blob the text of a body that is a Blob */
export function callOf(target: string | URL, init: RequestInit, blob?: string): Call {
  let message: OutgoingMessage | undefined
  return {
    target,
    url: typeof target === 'string' ? new URL(target, baseUrl()) : target,
    method: (init.method ?? 'GET').toUpperCase(),
    init,
    signal: init.signal ?? undefined,
    bodyObstacle: bodyObstacle(init.body, blob),
    text: () => blob ?? bodyText(init.body),
    message: () => (message ??= readMessage(blob ?? bodyText(init.body))),
  }
}

/** The same call with another message in it. */
export function withBody(call: Call, body: string): Call {
  const headers = new Headers(call.init.headers)
  headers.delete('content-length')
  return callOf(call.target, { ...call.init, headers, body })
}

/** The same call under another signal. */
export function withSignal(call: Call, signal: AbortSignal): Call {
  return { ...call, signal, init: { ...call.init, signal } }
}

/** Aborts when the caller gives up or the client lets go of what it was given. */
export function anySignal(signal: AbortSignal | undefined, left: AbortSignal): AbortSignal {
  return signal ? AbortSignal.any([signal, left]) : left
}

/** Where a relative URL counts from: a browser page or worker has such a place. */
export function baseUrl(): string | undefined {
  return (globalThis as { location?: { href?: string } }).location?.href
}

/** What is the same for every request of this client to this server: how to send, not what. */
export function settingsOf({ init }: Call): RequestInit {
  const { method, headers, body, signal, ...settings } = init
  return settings
}

/**
 * The call as it has to go out on the session's current epoch. In epoch 1 that is as the client made it.
 * @param again true when the client's own headers may have aged since it made the call.
 */
export function onCurrentEpoch(call: Call, session: VirtualSession, again: boolean): RequestInit {
  if (session.isUnchanged && !again) return call.init
  const { upstreamId, protocolVersion } = session
  let { headers } = call.init
  if (again) {
    headers = new Headers(headers)
    session.newestHeaders.refresh(headers, call.url, session.transcript.initializeHeaders)
  }
  const values = {
    [sessionIdHeader]: upstreamId,
    ...(protocolVersion === undefined ? {} : { [protocolVersionHeader]: protocolVersion }),
  }
  return { ...call.init, headers: withHeaderValues(headers, values) }
}

/** What stands against sending this call a second time. */
export function whyNotReplayable(call: Call): 'signed-request' | 'streaming-body' | 'unreadable-body' | undefined {
  const { bodyObstacle: obstacle, init } = call
  if (obstacle) return obstacle
  return isSigned(new Headers(init.headers)) ? 'signed-request' : undefined
}
