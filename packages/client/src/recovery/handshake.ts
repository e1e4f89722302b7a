import { discardBody } from '../base/body.js'
import { redact } from '../base/redact.js'
import { onUpstreamSession } from '../session/own-request.js'
import { serverFactsOf, type ServerFacts } from '../session/server-facts.js'
import { readAnswer, type Answer } from '../wire/answer-reader.js'
import { isChallenge } from '../wire/challenge.js'
import { sessionIdOf } from '../wire/headers.js'
import type { JsonObject, OutgoingMessage } from '../wire/json-rpc.js'
import { isAcceptableVersion } from '../wire/protocol-versions.js'
import { isLasting } from '../wire/request-progress.js'
import { retryAfterMs } from '../wire/retry-after.js'
import { classify } from './classify.js'
import type { DialectOptions } from './dialects.js'
import { causeOf } from './failure.js'
import { endSession, post, refusalBody, refusalText, type RequestSettings } from './handshake-requests.js'
import { meaningOfRefusal } from './initialize-refusal.js'
import { unavailabilityOf } from './outage.js'
import { readContent } from './refusal.js'
import type { HandshakeStep, RecoverySteps } from './recovery-steps.js'

export interface HandshakeInput extends RequestSettings {
  readonly params: JsonObject
  /** The version to ask for: the one negotiated before. */
  readonly protocolVersion: string
  /** The newest version that the client itself ever offered. */
  readonly offeredVersion: string
  /** Makes a JSON-RPC id that no client uses. */
  readonly newRequestId: () => string
  readonly dialects: DialectOptions
  readonly steps: RecoverySteps
  /** Told of the new session's id as soon as the server has minted it. */
  readonly onMinted: (sessionId: string) => void
}

export interface AcceptedHandshake {
  readonly kind: 'accepted'
  /** `undefined`: the server keeps no session. */
  readonly sessionId: string | undefined
  readonly protocolVersion: string
  /** What the server says of itself now. */
  readonly server: ServerFacts
}

/** The outcome of a handshake, as a value. */
export type HandshakeResult = AcceptedHandshake | NoSession

/** What comes instead of a new session. */
export type NoSession = { readonly kind: 'challenged'; readonly response: Response } | HandshakeFailure

export interface HandshakeFailure {
  readonly kind: 'failed'
  readonly step: HandshakeStep
  readonly cause: string
  /** Set when nobody was there to answer: another time it may go well. */
  readonly outage?: Outage
  /**
   * What may help at once:
   * - `end-old-session`: the server keeps one session only;
   * - `start-over`: the new session is void, because the server does not know it any more, or went away.
   */
  readonly remedy?: 'end-old-session' | 'start-over'
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
  const opened = await input.steps.run('initialize', (signal) => initialize(input, signal))
  if (opened.kind !== 'accepted') return opened
  const ending = await input.steps.run('initialized', (signal) => acknowledge(input, opened, signal))
  if (ending === undefined) return opened
  abandon(input, opened.sessionId, opened.protocolVersion)
  return ending
}

/** The first step alone. */
export async function initialize(input: HandshakeInput, signal: AbortSignal): Promise<HandshakeResult> {
  const { protocolVersion, params } = input
  const failed = (cause: string, more: Partial<HandshakeFailure> = {}): HandshakeFailure => ({
    kind: 'failed',
    step: 'initialize',
    cause,
    ...more,
  })
  const id = input.newRequestId()
  const message = { jsonrpc: '2.0', id, method: 'initialize', params: { ...params, protocolVersion } }
  let sessionId: string | undefined
  try {
    const response = await post(input, input.headers(), message, signal)
    if (!response.ok) return await refusedInitialize(input, response, signal)

    sessionId = sessionIdOf(response.headers)
    if (sessionId !== undefined) input.onMinted(sessionId)
    const judged = judge(await readAnswer(response, id, signal), input)
    if (judged.fault === undefined) return { kind: 'accepted', sessionId, ...judged }
    abandon(input, sessionId, undefined)
    return failed(judged.fault, judged.isOneSessionOnly ? { remedy: 'end-old-session' } : {})
  } catch (error) {
    abandon(input, sessionId, undefined)
    const isLate = signal.aborted
    const outage = isLate || isLasting(error) ? {} : { outage: { retryAfterMs: undefined } }
    return failed(`initialize got no answer: ${causeOf(isLate ? signal.reason : error, input.secrets)}`, outage)
  }
}

async function refusedInitialize(
  input: HandshakeInput,
  response: Response,
  signal: AbortSignal,
): Promise<HandshakeResult> {
  const { status, headers } = response
  // Before its body is touched: the client reads it.
  if (isChallenge(response)) return { kind: 'challenged', response }
  const body = await refusalBody(response, signal)
  const meaning = meaningOfRefusal({ status, text: readContent(body).text })
  return {
    kind: 'failed',
    step: 'initialize',
    cause: refusalText('initialize', status, body, input),
    ...(meaning === 'one-session-only' && { remedy: 'end-old-session' }),
    ...(meaning === 'away' && { outage: { retryAfterMs: retryAfterMs(headers) } }),
  }
}

type Judgement =
  | { readonly protocolVersion: string; readonly server: ServerFacts; readonly fault?: undefined }
  | { readonly fault: string; readonly isOneSessionOnly?: boolean }

/** The version that client and server agree on, or what stands against it. */
function judge(answer: Answer, { offeredVersion, protocolVersion, secrets }: HandshakeInput): Judgement {
  if (answer.kind === 'error') {
    const { code, message } = answer
    const meaning = meaningOfRefusal({ status: 200, text: message })
    const fault = `initialize was answered with the error ${String(code)}: ${redact(message, secrets)}`
    return { fault, isOneSessionOnly: meaning === 'one-session-only' }
  }
  const result = answer.kind === 'result' ? answer.result : {}
  const version = result.protocolVersion
  if (typeof version !== 'string') return { fault: 'the answer to initialize holds no InitializeResult' }
  if (version !== protocolVersion && !isAcceptableVersion(version, offeredVersion)) {
    return {
      fault: `the server now speaks protocol version "${redact(version, secrets)}", which the client did not offer`,
    }
  }
  return { protocolVersion: version, server: serverFactsOf(result) }
}

const initialized = { kind: 'notification', method: 'notifications/initialized', params: {} } satisfies OutgoingMessage

/** Returns what went wrong, `undefined` when the server has taken it. */
async function acknowledge(
  input: HandshakeInput,
  { sessionId, protocolVersion }: AcceptedHandshake,
  signal: AbortSignal,
): Promise<HandshakeResult | undefined> {
  const headers = onUpstreamSession(input.headers(), sessionId, protocolVersion)
  const failed = (cause: string, more: Partial<HandshakeFailure> = {}): HandshakeFailure => ({
    kind: 'failed',
    step: 'initialized',
    cause,
    ...more,
  })
  try {
    const response = await post(input, headers, { jsonrpc: '2.0', method: initialized.method }, signal)
    if (response.ok) {
      discardBody(response)
      return undefined
    }
    const { status } = response
    // A bare 401 may be a lost session's.
    if (isChallenge(response) && response.headers.has('www-authenticate')) return { kind: 'challenged', response }
    const body = await refusalBody(response, signal)
    const cause = refusalText('notifications/initialized', status, body, input)
    const refusal = { status, carriedSession: sessionId !== undefined, message: initialized, body }
    if (classify(refusal, input.dialects).conclusion === 'lost') return failed(cause, { remedy: 'start-over' })
    if (unavailabilityOf(status) === undefined) return failed(cause)
    return failed(cause, { remedy: 'start-over', outage: { retryAfterMs: retryAfterMs(response.headers) } })
  } catch (error) {
    const isLate = signal.aborted
    const cause = `notifications/initialized got no answer: ${causeOf(isLate ? signal.reason : error, input.secrets)}`
    if (isLate || isLasting(error)) return failed(cause)
    return failed(cause, { remedy: 'start-over', outage: { retryAfterMs: undefined } })
  }
}

/** Ends a new session that nobody is going to use, while everything else goes on. */
function abandon(input: HandshakeInput, sessionId: string | undefined, protocolVersion: string | undefined): void {
  void endSession(input, sessionId, protocolVersion)
}
