import type { JsonObject } from '@mcp-tether/store'
import { isObject } from '../wire/json-rpc.js'

/** What is stored of a session. */
export interface SessionRecord {
  readonly format: 1
  /** The params of the client's `initialize`. */
  readonly initialize: JsonObject
  /** The version that was negotiated. */
  readonly protocolVersion: string
  /** A hash of whom it belongs to; null: of whoever knows the id. */
  readonly principal: string | null
  /** ms since the Unix epoch. */
  readonly createdAt: number
  /** The last one of `logging/setLevel`; null: never set. */
  readonly logLevel: string | null
  /** The URIs of `resources/subscribe`. */
  readonly subscriptions: readonly string[]
}

/** More of them are not remembered: a record has to stay small. */
const maxSubscriptions = 1000

export function toJson(record: SessionRecord): JsonObject {
  return { ...record }
}

/** @returns undefined for what is no record of this format */
export function readRecord(data: JsonObject): SessionRecord | undefined {
  const { format, initialize, protocolVersion, principal, createdAt, logLevel, subscriptions } = data
  if (format !== 1 || !isObject(initialize) || typeof protocolVersion !== 'string') return undefined
  if (principal !== null && typeof principal !== 'string') return undefined
  if (typeof createdAt !== 'number' || (logLevel !== null && typeof logLevel !== 'string')) return undefined
  if (!Array.isArray(subscriptions) || !subscriptions.every((uri) => typeof uri === 'string')) return undefined
  return { format, initialize, protocolVersion, principal, createdAt, logLevel, subscriptions }
}

/** With `unknownSessions: 'recreate'` an id may come again, for somebody else as well. */
export function isSameSession(
  one: SessionRecord,
  other: { readonly createdAt?: unknown; readonly principal?: unknown },
): boolean {
  return one.createdAt === other.createdAt && one.principal === other.principal
}

/** What a request that was answered well changes in the record; undefined: nothing. */
export function changeBy(method: string, params: unknown): ((record: SessionRecord) => SessionRecord) | undefined {
  if (!isObject(params)) return undefined
  const { level, uri } = params
  if (method === 'logging/setLevel' && typeof level === 'string') return (record) => ({ ...record, logLevel: level })
  if (typeof uri !== 'string') return undefined
  if (method === 'resources/subscribe') {
    return (record) => ({
      ...record,
      subscriptions: [...record.subscriptions.filter((other) => other !== uri), uri].slice(-maxSubscriptions),
    })
  }
  if (method !== 'resources/unsubscribe') return undefined
  return (record) => ({ ...record, subscriptions: record.subscriptions.filter((other) => other !== uri) })
}

/** The requests that bring an instance from one state of the record to another. */
export function requestsBetween(
  before: Pick<SessionRecord, 'logLevel' | 'subscriptions'>,
  after: SessionRecord,
): readonly { readonly method: string; readonly params: JsonObject }[] {
  const had = new Set(before.subscriptions)
  const has = new Set(after.subscriptions)
  return [
    ...(after.logLevel === null || after.logLevel === before.logLevel
      ? []
      : [{ method: 'logging/setLevel', params: { level: after.logLevel } }]),
    ...[...had].filter((uri) => !has.has(uri)).map((uri) => ({ method: 'resources/unsubscribe', params: { uri } })),
    ...[...has].filter((uri) => !had.has(uri)).map((uri) => ({ method: 'resources/subscribe', params: { uri } })),
  ]
}
