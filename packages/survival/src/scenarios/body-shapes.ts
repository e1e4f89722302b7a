import { framed, json, text } from '../fault-server/answer.js'
import type { AnswerSource } from '../fault-server/answer.js'
import { failure, requestId } from '../wire/json-rpc.js'
import { lossScenario } from './loss-scenario.js'
import type { Scenario } from './scenario.js'

const html = '<!DOCTYPE html>\n<html><head><title>Error</title></head><body><pre>Cannot POST /mcp</pre></body></html>\n'

/** The specification's 404, in the bodies that servers give it. */
const shapes: readonly (readonly [name: string, title: string, answer: AnswerSource])[] = [
  ['json-rpc-null-id', 'JSON-RPC -32001, id null', json(404, failure(null, -32001, 'Session not found'))],
  [
    'json-rpc-server-error-id',
    'JSON-RPC -32600, id "server-error" (Python SDK 1.26)',
    json(404, failure('server-error', -32600, 'Session not found')),
  ],
  ['json-rpc-no-id', 'JSON-RPC without an id member', json(404, failure(undefined, -32001, 'Session not found'))],
  ['json-rpc-empty-id', 'JSON-RPC with id "" (C# SDK 1)', json(404, failure('', -32001, 'Session not found'))],
  [
    'json-rpc-echoed-id',
    'JSON-RPC with the id of the request (C# SDK 2)',
    ({ messages }) => json(404, failure(requestId(messages), -32001, 'Session not found')),
  ],
  [
    'hosted-terminated',
    'JSON that is no JSON-RPC, with error_code mcp_session_terminated',
    json(404, {
      type: 'error',
      error: {
        type: 'not_found_error',
        message: 'MCP session has been terminated or no longer exists on the server.',
        details: { error_code: 'mcp_session_terminated' },
      },
      request_id: 'req_1',
    }),
  ],
  ['text', 'plain text (Go SDK)', text(404, 'session not found\n')],
  ['html', 'an HTML page', { status: 404, headers: { 'content-type': 'text/html; charset=utf-8' }, body: html }],
  ['empty', 'an empty body without Content-Type', { status: 404 }],
  [
    'java-exception',
    'a dump of a Java exception, with the session id in it',
    ({ sessionId = '' }) =>
      json(404, {
        cause: null,
        stackTrace: [{ className: 'io.modelcontextprotocol.Transport', methodName: 'doPost', lineNumber: 442 }],
        jsonRpcError: { code: -32603, message: `Session not found: ${sessionId}`, data: null },
        message: `Session not found: ${sessionId}`,
        suppressed: [],
      }),
  ],
  ['error-member', 'JSON with an error text', json(404, { error: 'Session not found' })],
  ['detail-member', 'JSON with a detail text', json(404, { detail: 'Session not found or expired' })],
  ['sse-frame', 'JSON-RPC inside an SSE frame', framed(404, failure(null, -32001, 'Session not found'))],
]

export const bodyShapes: readonly Scenario[] = shapes.map(([name, title, answer]) =>
  lossScenario({ name: `loss-404-${name}`, title: `A lost session answered 404 with ${title}`, answer }),
)
