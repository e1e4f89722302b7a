import { headerValue, protocolVersionHeader } from '../wire/headers.js'
import type { JsonObject } from '../wire/json-rpc.js'

/** What has to be said again to a new session. */
export interface Transcript {
  /** The `params` of the client's own `initialize`. */
  readonly initializeParams: JsonObject
  /** The headers that the client's `initialize` carried. */
  readonly initializeHeaders: Headers
  /** The version that the server answered, once it has been seen. */
  answeredVersion?: string
}

/** The transcript of a session whose `initialize` is this body. */
export function transcriptOf(initializeParams: JsonObject, headers: HeadersInit | undefined): Transcript {
  return { initializeParams, initializeHeaders: new Headers(headers) }
}

/**
 * The protocol version that client and server agreed on: as the server answered it, or as the client sends it since
 * (MCP 2025-11-25, Transports, Protocol Version Header), or at least as the client asked for it.
 */
export function negotiatedVersion(transcript: Transcript, newestHeaders: HeadersInit | undefined): string {
  return transcript.answeredVersion ?? headerValue(newestHeaders, protocolVersionHeader) ?? offeredVersion(transcript)
}

/** The version that the client itself asked for. */
export function offeredVersion(transcript: Transcript): string {
  const offered = transcript.initializeParams.protocolVersion
  return typeof offered === 'string' ? offered : ''
}
