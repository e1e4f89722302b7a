import type { OutgoingHttpHeaders } from 'node:http'
import type { EncodedBody } from './request-body.js'

/** Headers that belong to the connection or are computed here: a caller can't set them (Fetch, "forbidden"). */
const computedHeaders: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** The headers that go out. No compression is asked for: answers are small, and event streams must not wait for it. */
export function requestHeaders(init: RequestInit, method: string, body: EncodedBody | undefined): OutgoingHttpHeaders {
  const result: OutgoingHttpHeaders = {}
  for (const [name, value] of entriesOf(init.headers)) {
    if (!computedHeaders.has(name)) result[name] = value
  }
  if (body) {
    result['content-type'] ??= body.contentType
    if (result['content-type'] === undefined) delete result['content-type']
    result['content-length'] = Buffer.byteLength(body.bytes)
  } else if (method === 'POST' || method === 'PUT' || method === 'PATCH') {
    result['content-length'] = 0
  }
  return result
}

/** A plain record whose names are in lower case is taken as it is: `Headers` would check and sort it for each request. */
function entriesOf(headers: RequestInit['headers']): Iterable<readonly [string, string]> {
  if (isRecord(headers)) {
    const entries = Object.entries(headers)
    if (entries.every(([name]) => lowerCaseName.test(name))) return entries
  }
  return new Headers(headers)
}

const lowerCaseName = /^[a-z0-9-]+$/

function isRecord(headers: RequestInit['headers']): headers is Record<string, string> {
  return headers !== undefined && Object.getPrototypeOf(headers) === Object.prototype
}
