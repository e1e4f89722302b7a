import type { RpcRequest } from '../bridge/message.js'
import { noSessionYet, serverUnavailableLine } from '../bridge/rpc-errors.js'
import { seconds } from './startup-progress.js'
import type { Trouble } from './trouble.js'

/** What an `initialize` is answered with when the server did not come within its time. */
export function unavailableResponse(
  request: RpcRequest,
  url: URL,
  { sentence, advice, details }: Trouble,
  waited: { readonly attempts: number; readonly durationMs: number },
): Response {
  const { attempts, durationMs } = waited
  const tries = attempts === 1 ? '1 try' : `${attempts} tries`
  const text = [
    `The MCP server at ${url.host} ${sentence}.`,
    `It was waited for, ${seconds(durationMs)} long (${tries}).`,
    ...(advice === '' ? [] : [advice]),
    noSessionYet,
  ].join(' ')
  const line = serverUnavailableLine(request, text, { ...details, ...waited, server: url.host })
  return new Response(line, { headers: { 'content-type': 'application/json' } })
}
