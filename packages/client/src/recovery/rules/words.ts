import { requestIds } from '../../wire/json-rpc.js'
import type { Refusal, RefusalContent } from '../refusal.js'

export const namesSession = /\b(?:mcp[- ])?session\b/i

export const saysGone =
  /(not found|unknown|no longer|expired|terminated|invalid|no valid|no active|not initiali[sz]ed|closing|decrypt)/i

const saysMissing = /(required|requires|missing|can only be created by an initialize)/i
const saysInvalidToo = /invalid or missing|no valid/i
/** The protocol's own session, and not one that a tool keeps. */
const namesOurSession = /session[- ]?id|session header|mcp[- ]session|initialize request|^session required$/i

/**
 * Whether the answer names the request's own id: then the server read the message, may have run it, and its words may
 * be a tool's ("browser session not found").
 */
export function echoesId({ message }: Refusal, { id }: RefusalContent): boolean {
  return id !== undefined && id !== null && requestIds(message).includes(id)
}

/** Whether the server asks for a session id, as if none had been sent. */
export function asksForSession(refusal: Refusal, content: RefusalContent): boolean {
  const { text } = content
  if (text.includes('Unexpected message, expect initialize request')) return true
  if (!namesSession.test(text) || !saysMissing.test(text) || saysInvalidToo.test(text)) return false
  return !echoesId(refusal, content) || namesOurSession.test(text)
}

/** -32020 header mismatch, -32021 missing capability, -32022 unsupported version (MCP 2026-07-28). */
export function isVersionOrHeaderCode(code: number | undefined): boolean {
  return code !== undefined && code <= -32020 && code >= -32022
}
