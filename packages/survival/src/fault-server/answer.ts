import { sseMessage } from '../wire/sse.js'
import type { Exchange } from './exchange.js'

/** A whole HTTP answer, byte for byte. No header is added to it but those that HTTP itself needs. */
export interface PlainAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** One step of a scripted event stream: bytes to write, a promise to wait for, or the end of the connection. */
export type SseStep = string | { readonly gate: Promise<unknown> } | { readonly reset: true }

/**
 * What the fault server answers, as data.
 * - `'default'`: what a correct MCP server would answer, judged when this answer is due
 * - `sse`: a stream, step by step; it ends after the last step unless `open`
 * - `reset`: the connection is destroyed, before the head, after it, or after so many bytes of a body
 * - `silence`: no answer, ever; the connection stays open
 * - `gate`, `delayMs`: wait, then answer
 * - `execute`: do what was asked (its executions count), throw the answer away and send another one
 */
export type Answer =
  | 'default'
  | PlainAnswer
  | {
      readonly sse: readonly SseStep[]
      readonly open?: boolean
      readonly status?: number
      readonly headers?: Readonly<Record<string, string>>
    }
  | { readonly reset: 'before-head' | 'after-head' }
  | { readonly reset: 'after-bytes'; readonly bytes: number; readonly of: PlainAnswer }
  | { readonly silence: true }
  | { readonly gate: Promise<unknown>; readonly then: AnswerSource }
  | { readonly delayMs: number; readonly then: AnswerSource }
  | { readonly execute: true; readonly then: AnswerSource }

/** An answer, or how to make one from what was asked (to echo an id, or to restart the server at that very moment). */
export type AnswerSource = Answer | ((exchange: Exchange) => Answer)

/** A JSON answer. */
export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): PlainAnswer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) }
}

/** A plain text answer, as Go's `http.Error` and others write it. */
export function text(status: number, body: string): PlainAnswer {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body }
}

/** A JSON-RPC message inside one SSE frame. */
export function framed(status: number, message: unknown, headers: Readonly<Record<string, string>> = {}): PlainAnswer {
  return { status, headers: { 'content-type': 'text/event-stream', ...headers }, body: sseMessage(message) }
}
