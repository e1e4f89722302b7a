import { serverHeader } from '../fleet/round-robin-proxy.js'
import type { OperationRecord } from '../judge/history.js'
import type { SessionUnderLoad } from './session-under-load.js'
import { keyInMeta } from './watched-fetch.js'

type Post = (url: URL, init: RequestInit) => Promise<Response>

/** A request in a session, of which no SDK knows. @param server the number of the server that is to get it */
export function postPlainly(
  post: Post,
  url: URL,
  sessionId: string,
  server: number,
  message: { readonly id: string; readonly method: string; readonly params?: unknown },
  signal?: AbortSignal,
): Promise<Response> {
  return post(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-session-id': sessionId,
      [serverHeader]: String(server),
    },
    body: JSON.stringify({ jsonrpc: '2.0', ...message }),
    signal: signal ?? null,
  })
}

/** Calls a tool of a session that is deleted, as a client would that was not told. Both SDKs forget the id. */
export function callPlainly(session: SessionUnderLoad, url: URL, server: number): Promise<OperationRecord> {
  return session.perform('bump', {}, async (_client, key, { signal }) => {
    const params = { name: 'bump', arguments: { key }, _meta: { [keyInMeta]: key } }
    const message = { id: key, method: 'tools/call', params }
    const response = await postPlainly(session.fetch, url, session.sessionId ?? '', server, message, signal)
    const text = await response.text()
    if (!response.ok) throw new Error(text)
    return /"text":"([^"]*)"/.exec(text)?.[1] ?? text
  })
}
