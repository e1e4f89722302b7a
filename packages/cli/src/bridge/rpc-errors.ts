import type { RpcRequest } from './message.js'

/** Error codes of JSON-RPC 2.0. */
const parseErrorCode = -32700
const invalidRequestCode = -32600
/** Our own, in the range that MCP leaves to implementations; the engine uses the same. */
const outcomeUnknownCode = -32011
export const serverUnavailableCode = -32012

/** A line that answers something that is no JSON. */
export function parseErrorLine(reason: string): string {
  return errorLine('null', { code: parseErrorCode, message: `Parse error: ${reason}` })
}

/** A line that answers JSON that is no JSON-RPC message. */
export function invalidRequestLine(idText: string): string {
  const message = 'Invalid Request: expected a JSON-RPC 2.0 request, notification or response, or a batch of them'
  return errorLine(idText, { code: invalidRequestCode, message })
}

/** A line that answers a ping. */
export function emptyResultLine({ idText }: RpcRequest): string {
  return `{"jsonrpc":"2.0","id":${idText},"result":{}}`
}

/** What an error of ours says beside its sentence. Stable, for programs. */
export interface ErrorDetails {
  readonly status?: number
  /** The system's code, e.g. `ECONNREFUSED`. */
  readonly cause?: string
  /** How often the server was asked, and for how long, where it was asked more than once. */
  readonly attempts?: number
  readonly durationMs?: number
  /** Host and port of the server. */
  readonly server: string
}

/** The server did not take the request, or could not. */
export function serverUnavailableLine(request: RpcRequest, sentence: string, details: ErrorDetails): string {
  const data = { code: 'server_unavailable', ...details }
  return errorLine(request.idText, { code: serverUnavailableCode, message: sentence, data })
}

/** The request was sent and no answer came. The sentence is for a model to act on. */
export function outcomeUnknownLine(request: RpcRequest, happened: string, details: ErrorDetails): string {
  const message =
    `${happened} ${request.method} may or may not have been executed. ` + 'Verify with a read before calling it again.'
  return errorLine(request.idText, { code: outcomeUnknownCode, message, data: { code: 'outcome_unknown', ...details } })
}

/** An error of the server's, its text untouched, on the id of the caller. */
export function forwardedErrorLine(request: RpcRequest, errorText: string): string {
  return `{"jsonrpc":"2.0","id":${request.idText},"error":${errorText}}`
}

function errorLine(idText: string, error: object): string {
  return forwardedErrorLine({ key: idText, idText, method: '' }, JSON.stringify(error))
}

/** Ends an error for the model that no log needs. */
export const noSessionYet = 'There is no session yet, and nothing was run: it is safe to try again later.'
