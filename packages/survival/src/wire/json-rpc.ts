import { at, isObject, tryJson } from './json.js'
import type { JsonObject } from './json.js'

/** A JSON-RPC 2.0 message as it came over the wire; its members are not checked. */
export type Message = JsonObject

/** The messages of a POST body: none for a body that is not JSON, several for a batch (MCP 2025-03-26). */
export function parseMessages(body: string): { readonly messages: readonly Message[]; readonly batch: boolean } {
  const value = tryJson(body)
  if (Array.isArray(value)) return { messages: value.filter(isObject), batch: true }
  return { messages: isObject(value) ? [value] : [], batch: false }
}

export function isRequest(message: Message): boolean {
  return typeof message.method === 'string' && message.id !== undefined
}

export function isNotification(message: Message): boolean {
  return typeof message.method === 'string' && message.id === undefined
}

/** An answer, be it a result or an error. */
export function isResponse(message: Message): boolean {
  return message.method === undefined && (message.result !== undefined || message.error !== undefined)
}

export function request(id: unknown, method: string, params?: unknown): Message {
  return { jsonrpc: '2.0', id, method, ...(params === undefined ? {} : { params }) }
}

export function notification(method: string, params?: unknown): Message {
  return { jsonrpc: '2.0', method, ...(params === undefined ? {} : { params }) }
}

export function result(id: unknown, value: unknown): Message {
  return { jsonrpc: '2.0', id, result: value }
}

/** `id` may be `undefined`: some servers leave the member out. */
export function failure(id: unknown, code: number, message: string, data?: unknown): Message {
  return {
    jsonrpc: '2.0',
    error: { code, message, ...(data === undefined ? {} : { data }) },
    ...(id === undefined ? {} : { id }),
  }
}

/** The id of the first request in `messages`, or `null` where there is none (as in an answer to a notification). */
export function requestId(messages: readonly Message[]): unknown {
  return at(messages.find(isRequest), 'id') ?? null
}
