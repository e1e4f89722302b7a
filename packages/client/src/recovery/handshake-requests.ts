import { abortable, deadline } from '../base/abort.js'
import { discardBody, peekBody } from '../base/body.js'
import type { Clock } from '../base/clock.js'
import { redact } from '../base/redact.js'
import { onUpstreamSession } from '../session/own-request.js'
import { readContent } from './refusal.js'

export type Send = (url: URL, init: RequestInit) => Promise<Response>

/** Where to send, how, and with which settings: what a request of the engine takes over from one of the client. */
export interface Sender {
  readonly url: URL
  readonly send: Send
  /** Everything that is the same for all requests to this server: `redirect`, `credentials` and the like. */
  readonly init: RequestInit
}

/** What all requests of a recovery have in common. */
export interface RequestSettings extends Sender {
  /** The headers for `initialize`, without a session id: as fresh as they are when they are asked for. */
  readonly headers: () => Headers
  /** What must not appear in a cause. */
  readonly secrets: readonly string[]
  readonly clock: Clock
}

export function post(
  { url, send, init }: Sender,
  headers: Headers,
  message: object,
  signal: AbortSignal,
): Promise<Response> {
  return abortable(send(url, { ...init, method: 'POST', headers, body: JSON.stringify(message), signal }), signal)
}

const maxEndMs = 5_000

/**
 * Ends an upstream session with DELETE. Resolves within 5 s and `limitMs`, whatever the server says: a session that
 * can't be ended changes nothing for anyone who waits.
 */
export async function endSession(
  settings: RequestSettings,
  sessionId: string | undefined,
  protocolVersion: string | undefined,
  limitMs = maxEndMs,
): Promise<void> {
  if (sessionId === undefined) return
  const { url, send, init, clock } = settings
  const timeout = deadline(clock, Math.min(maxEndMs, limitMs), 'ending a session')
  const { signal } = timeout
  const headers = onUpstreamSession(settings.headers(), sessionId, protocolVersion)
  try {
    discardBody(await abortable(send(url, { ...init, method: 'DELETE', headers, signal }), signal))
  } catch {
    // It is gone, or ends by itself.
  } finally {
    timeout.cancel()
  }
}

const maxRefusalBytes = 4096

/** The beginning of a refusal's body; the rest is let go. */
export async function refusalBody(response: Response, signal: AbortSignal): Promise<string> {
  const { text, response: rest } = await peekBody(response, maxRefusalBytes, signal)
  discardBody(rest)
  return text
}

/** A refusal in one sentence, fit to be shown. */
export function refusalText(what: string, status: number, body: string, { secrets }: RequestSettings): string {
  const { text } = readContent(body)
  const said = redact(text === '' ? body : text, secrets)
  return `${what} was answered with HTTP ${String(status)}${said === '' ? '' : ` (${said})`}`
}
