import { abortable, deadline } from '../base/abort.js'
import { discardBody, peekBody } from '../base/body.js'
import type { Clock } from '../base/clock.js'
import type { RecoveryStep } from '../base/events.js'
import { redact } from '../base/redact.js'
import { onUpstreamSession } from '../session/own-request.js'
import { sessionIdOf } from '../wire/headers.js'
import { isObject, parseJson, type JsonObject } from '../wire/json-rpc.js'
import { isAcceptableVersion } from '../wire/protocol-versions.js'
import { readAnswer, type Answer } from '../wire/answer-reader.js'
import { isLasting } from '../wire/request-progress.js'
import { retryAfterMs } from '../wire/retry-after.js'
import { causeOf } from './failure.js'
import { unavailabilityOf } from './outage.js'

export type Send = (url: URL, init: RequestInit) => Promise<Response>

export interface HandshakeInput {
  readonly url: URL
  readonly send: Send
  /** Everything that is the same for all requests to this server: `redirect`, `credentials` and the like. */
  readonly init: RequestInit
  /** The headers for `initialize`, without a session id: as fresh as they are when they are asked for. */
  readonly headers: () => Headers
  readonly params: JsonObject
  /** The version to ask for: the one negotiated before. */
  readonly protocolVersion: string
  /** The newest version that the client itself ever offered. */
  readonly offeredVersion: string
  /** A JSON-RPC id that no client uses. */
  readonly requestId: string
  /** What must not appear in a cause. */
  readonly secrets: readonly string[]
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Told of the new session's id as soon as the server has minted it. */
  readonly onMinted: (sessionId: string) => void
}

/** The outcome of a handshake, as a value. */
export type HandshakeResult =
  | {
      readonly kind: 'accepted'
      /** `undefined`: the server keeps no session. */
      readonly sessionId: string | undefined
      readonly protocolVersion: string
    }
  | { readonly kind: 'challenged'; readonly response: Response }
  | HandshakeFailure

export interface HandshakeFailure {
  readonly kind: 'failed'
  readonly step: RecoveryStep
  readonly cause: string
  /** Set when nobody was there to answer: another time it may go well. */
  readonly outage?: Outage
}

export interface Outage {
  /** How long the server asked to be left alone, in milliseconds. */
  readonly retryAfterMs: number | undefined
}

/**
 * Makes a new session: `initialize` without a session id, then `notifications/initialized` on the new id, which has to
 * be acknowledged before anything else is sent on it (MCP 2025-11-25, Lifecycle, Initialization).
 */
export async function shakeHands(input: HandshakeInput): Promise<HandshakeResult> {
  const opened = await initialize(input)
  if (opened.kind !== 'accepted') return opened
  const refusal = await acknowledge(input, opened.sessionId, opened.protocolVersion)
  if (refusal === undefined) return opened
  abandon(input, opened.sessionId, opened.protocolVersion)
  return { kind: 'failed', step: 'initialized', cause: refusal }
}

async function initialize(input: HandshakeInput): Promise<HandshakeResult> {
  const { protocolVersion, params, requestId, signal } = input
  const failed = (cause: string, outage?: Outage): HandshakeFailure => ({
    kind: 'failed',
    step: 'initialize',
    cause,
    ...(outage && { outage }),
  })
  const body = { jsonrpc: '2.0', id: requestId, method: 'initialize', params: { ...params, protocolVersion } }
  let sessionId: string | undefined
  try {
    const response = await post(input, input.headers(), body)
    if (isChallenge(response)) return { kind: 'challenged', response: await held(response, signal) }
    if (!response.ok) return failed(await refusalText('initialize', response, input), outageIn(response))

    sessionId = sessionIdOf(response.headers)
    if (sessionId !== undefined) input.onMinted(sessionId)
    const answer = await readAnswer(response, requestId, signal)
    const judged = judge(answer, input)
    if (judged.fault === undefined) return { kind: 'accepted', sessionId, protocolVersion: judged.protocolVersion }
    abandon(input, sessionId, undefined)
    return failed(judged.fault)
  } catch (error) {
    abandon(input, sessionId, undefined)
    if (signal.aborted) return failed(`initialize got no answer: ${causeOf(signal.reason, input.secrets)}`)
    const outage = isLasting(error) ? undefined : { retryAfterMs: undefined }
    return failed(`initialize got no answer: ${causeOf(error, input.secrets)}`, outage)
  }
}

type Judgement = { readonly protocolVersion: string; readonly fault?: undefined } | { readonly fault: string }

/** The version that client and server agree on, or what stands against it. */
function judge(answer: Answer, { offeredVersion, protocolVersion, secrets }: HandshakeInput): Judgement {
  if (answer.kind === 'error') {
    return {
      fault: `initialize was answered with the error ${String(answer.code)}: ${redact(answer.message, secrets)}`,
    }
  }
  const version = answer.kind === 'result' ? answer.result.protocolVersion : undefined
  if (typeof version !== 'string') return { fault: 'the answer to initialize holds no InitializeResult' }
  if (version !== protocolVersion && !isAcceptableVersion(version, offeredVersion)) {
    return {
      fault: `the server now speaks protocol version "${redact(version, secrets)}", which the client did not offer`,
    }
  }
  return { protocolVersion: version }
}

/** Returns what went wrong, `undefined` when the server has taken it. */
async function acknowledge(
  input: HandshakeInput,
  sessionId: string | undefined,
  protocolVersion: string,
): Promise<string | undefined> {
  const headers = onUpstreamSession(input.headers(), sessionId, protocolVersion)
  try {
    const response = await post(input, headers, { jsonrpc: '2.0', method: 'notifications/initialized' })
    if (!response.ok) return await refusalText('notifications/initialized', response, input)
    discardBody(response)
    return undefined
  } catch (error) {
    return `notifications/initialized got no answer: ${causeOf(input.signal.aborted ? input.signal.reason : error, input.secrets)}`
  }
}

/** Ends a new session that nobody is going to use. Whether it succeeds changes nothing for anyone who waits. */
function abandon(input: HandshakeInput, sessionId: string | undefined, protocolVersion: string | undefined): void {
  if (sessionId === undefined) return
  const { url, send, init, clock } = input
  const timeout = deadline(clock, maxAbandonMs, 'ending a session')
  const headers = onUpstreamSession(input.headers(), sessionId, protocolVersion)
  const end = async () => {
    discardBody(
      await abortable(send(url, { ...init, method: 'DELETE', headers, signal: timeout.signal }), timeout.signal),
    )
  }
  end()
    .catch(() => undefined)
    .finally(timeout.cancel)
}

const maxAbandonMs = 5_000

function post(input: HandshakeInput, headers: Headers, message: object): Promise<Response> {
  const { url, send, init, signal } = input
  return abortable(send(url, { ...init, method: 'POST', headers, body: JSON.stringify(message), signal }), signal)
}

/** 401, and 403 with a challenge (insufficient scope): the client's own sign-in has to answer it. */
function isChallenge(response: Response): boolean {
  return response.status === 401 || (response.status === 403 && response.headers.has('www-authenticate'))
}

/** A challenge that may be kept: nobody may be left who reads it, and its connection must not wait for that. */
async function held(response: Response, signal: AbortSignal): Promise<Response> {
  return (await peekBody(response, maxChallengeBytes, signal)).response
}

const maxChallengeBytes = 64 * 1024

/** A clean `initialize` answered 404 means that the endpoint is away, not a session. */
function outageIn({ status, headers }: Response): Outage | undefined {
  const isAway = status === 404 || unavailabilityOf(status) !== undefined
  return isAway ? { retryAfterMs: retryAfterMs(headers) } : undefined
}

async function refusalText(what: string, response: Response, input: HandshakeInput): Promise<string> {
  const said = await firstWords(response, input)
  return `${what} was answered with HTTP ${String(response.status)}${said === '' ? '' : ` (${said})`}`
}

const maxRefusalBytes = 4096

async function firstWords(response: Response, { signal, secrets }: HandshakeInput): Promise<string> {
  const { text, response: rest } = await peekBody(response, maxRefusalBytes, signal)
  discardBody(rest)
  const json = parseJson(text)
  const error = isObject(json) && isObject(json.error) ? json.error.message : undefined
  return redact(typeof error === 'string' ? error : text, secrets)
}
