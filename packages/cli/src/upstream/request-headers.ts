import type { OutgoingHttpHeaders } from 'node:http'
import { headerRecord } from './header-record.js'
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
  const given = headerRecord(init.headers)
  for (const name in given) if (!computedHeaders.has(name)) result[name] = given[name]
  if (body) {
    result['content-type'] ??= body.contentType
    if (result['content-type'] === undefined) delete result['content-type']
    result['content-length'] = Buffer.byteLength(body.bytes)
  } else if (method === 'POST' || method === 'PUT' || method === 'PATCH') {
    result['content-length'] = 0
  }
  return result
}
