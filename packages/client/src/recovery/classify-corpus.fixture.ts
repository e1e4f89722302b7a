import type { OutgoingMessage } from '../wire/json-rpc.js'
import type { Refusal } from './refusal.js'

/** What servers answered on the wire, or have in their sources. */

export const call: OutgoingMessage = { kind: 'request', id: 7, method: 'tools/call', params: {} }

/** An answer and the rule that has to decide. `more` is what is not the same for all: the request was {@link call}. */
export type Row = readonly [what: string, status: number, body: string, rule: string, more?: Partial<Refusal>]

export const error = (code: number, message: string, rest: object = { id: null }) =>
  JSON.stringify({ jsonrpc: '2.0', error: { code, message }, ...rest })

const event = (data: string) => `event: message\ndata: ${data}\n\n`
const own = { id: 7 }
const noId = {}

const javaDump = (code: number, message: string) =>
  JSON.stringify({ cause: null, stackTrace: [], jsonRpcError: { code, message }, message, suppressed: [] })

const noValidSession = 'Bad Request: No valid session ID provided'

/** Losses of which a 404 makes no doubt. */
export const losses404: readonly Row[] = [
  ['TypeScript SDK 1 and 2', 404, error(-32001, 'Session not found'), 'session-not-found'],
  ['TypeScript SDK 2, GET', 404, 'Session not found', 'session-not-found'],
  ['Python SDK 1.26', 404, error(-32600, 'Session not found', { id: 'server-error' }), 'session-not-found'],
  ['Python SDK 2', 404, error(-32600, 'Session not found'), 'session-not-found'],
  [
    'Python SDK, ended',
    404,
    error(-32600, 'Not Found: Session has been terminated', { id: 'server-error' }),
    'session-not-found',
  ],
  ['go-sdk', 404, 'session not found\n', 'session-not-found'],
  ['go-sdk, closing', 404, 'session is closing\n', 'session-not-found'],
  ['mcp-go from 0.44', 404, 'Invalid session ID\n', 'session-not-found'],
  ['mcp-go, terminated', 404, 'Session terminated\n', 'session-not-found'],
  ['rmcp 0.17', 404, 'Not Found: Session not found', 'session-not-found'],
  ['C# 1', 404, error(-32001, 'Session not found', { id: '' }), 'session-not-found'],
  ['C# 2, Unla, mcp_dart: they echo the id', 404, error(-32001, 'Session not found', own), 'session-not-found'],
  ['Kotlin omits the id', 404, error(-32000, 'Session not found', noId), 'session-not-found'],
  ['Ruby up to 0.19', 404, '{"error":"Session not found"}', 'session-not-found'],
  ['Ruby from 0.20', 404, error(-32600, 'Session not found'), 'session-not-found'],
  ['PHP', 404, error(-32600, 'Session not found or has expired.', { id: '' }), 'session-not-found'],
  ['php-mcp', 404, error(-32600, 'Invalid or expired session. Please re-initialize.', own), 'session-not-found'],
  ['Swift', 404, error(-32600, 'Invalid Request: Not Found: Invalid or expired session ID'), 'session-not-found'],
  ['Java servlet, Spring', 404, javaDump(-32603, 'Session not found: 0a'), 'session-not-found'],
  ['mcp-proxy, supergateway 4, MCP-Nest, Cloudflare', 404, error(-32001, 'Session not found'), 'session-not-found'],
  ['ContextForge', 404, '{"detail":"Session not found"}', 'session-not-found'],
  [
    'metamcp',
    404,
    '{"error":"Session not found","message":"Transport not found for sessionId 1","available_sessions":[]}',
    'session-not-found',
  ],
  ['agentgateway', 404, 'mcp: session not found', 'session-not-found'],
  ['Lambda handler', 404, error(-32000, 'Invalid or expired session', own), 'session-not-found'],
  ['frontmcp, with an id of its own', 404, error(-32000, 'Session expired', { id: 'd1c0' }), 'session-not-found'],
  ['OmniRoute', 404, error(-32000, 'Not Found: Unknown Mcp-Session-Id header'), 'session-not-found'],
  ['SwiftMCP', 404, 'Unknown session. Send initialize first.', 'session-not-found'],
  [
    'neotoma',
    404,
    error(-32001, 'Not Found: MCP session is unknown or expired on this API instance.'),
    'session-not-found',
  ],
  ['a real server with -32601', 404, error(-32601, 'Not Found: Invalid session ID'), 'session-not-found'],
  [
    'hosted',
    404,
    '{"type":"error","error":{"type":"not_found_error","message":"MCP session has been terminated or no longer exists on the server.","details":{"error_code":"mcp_session_terminated"}}}',
    'session-not-found',
  ],
  [
    'anubis',
    404,
    '{"jsonrpc":"2.0","id":"x","error":{"code":-32600,"message":"Invalid Request","data":{"message":"Session not found"}}}',
    'session-not-found',
  ],
  ['in an event', 404, event(error(-32001, 'Session not found')), 'session-not-found'],
  ['Helidon', 404, '{"jsonrpc":"2.0","id":1}', 'json-rpc-404'],
  ['other words', 404, error(-32001, 'Unknown transport'), 'json-rpc-404'],
  ['Quarkus, AgentCore, Spring (GET)', 404, '', 'bare-404'],
  ['a container', 404, '<!doctype html><title>404</title><h1>Not Found</h1>', 'bare-404'],
  ['Go mux', 404, '404 page not found\n', 'bare-404'],
  ['another API', 404, '{"message":"Not Found","status":"404"}', 'bare-404'],
]

const signIn = {
  wwwAuthenticate:
    'Bearer resource_metadata="https://x/", error="invalid_token", error_description="Unauthorized: No valid session ID provided"',
  sentAuthorization: true,
}
const succeeded = { methodSucceededBefore: true }

/** Losses that are told in another way. */
export const dialectLosses: readonly Row[] = [
  ['TypeScript SDK example, supergateway 3', 400, error(-32000, noValidSession), 'invalid-session-id'],
  ['reference server', 400, error(-32000, noValidSession, noId), 'invalid-session-id'],
  ['its GET', 400, 'Invalid or missing session ID', 'invalid-session-id'],
  ['Python SDK up to 1.25', 400, noValidSession, 'invalid-session-id'],
  ['mcp-go up to 0.43', 400, 'Invalid session ID\n', 'invalid-session-id'],
  ['Envoy', 400, 'invalid session ID: failed to decrypt session ID: cipher', 'invalid-session-id'],
  ['agentgateway', 400, 'mcp: invalid session ID header', 'invalid-session-id'],
  ['anubis up to 1.0', 400, 'No active session', 'invalid-session-id'],
  ['OmniRoute', 400, 'Bad Request: Unknown Mcp-Session-Id header', 'invalid-session-id'],
  ['Unla', 400, error(-32600, 'Invalid Request: Session not found'), 'invalid-session-id'],
  ['Swift', 400, error(-32600, 'Invalid Request: Bad Request: Session not initialized'), 'invalid-session-id'],
  ['TypeScript SDK, shared', 400, error(-32000, 'Bad Request: Server not initialized'), 'server-not-initialized'],
  ['the same in an event', 400, event(error(-32000, 'Server not initialized')), 'server-not-initialized'],
  ['mcp-proxy GET', 400, 'No active transport', 'server-not-initialized'],
  [
    'C# 2, upgraded',
    400,
    error(-32000, 'Bad Request: The Mcp-Session-Id header is not supported in stateless mode', own),
    'server-not-initialized',
  ],
  ['rmcp up to 0.16', 401, 'Unauthorized: Session not found', 'session-not-found-401'],
  ['a server behind Codex', 401, 'unknown session', 'session-not-found-401'],
  [
    'fastmcp for TypeScript',
    401,
    error(-32000, 'Unauthorized: No valid session ID provided', own),
    'no-valid-session-401',
    signIn,
  ],
  ['the same, in the header alone', 401, '', 'no-valid-session-401', signIn],
  [
    'the same, in the body alone',
    401,
    error(-32000, 'Unauthorized: No valid session ID provided'),
    'no-valid-session-401',
    { ...signIn, wwwAuthenticate: 'Bearer' },
  ],
  ['go-sdk 0.2', 410, 'session terminated\n', 'session-gone'],
  [
    'tower-mcp',
    200,
    error(-32005, "Session '0a' not found or expired. Please re-initialize the connection."),
    'session-error-in-ok',
  ],
  ['zilla', 200, error(-32600, 'Invalid Request'), 'invalid-request-in-ok', succeeded],
  ['keryx', 200, event('{"error":"Session not found"}'), 'error-text-in-ok'],
  ['keryx as JSON', 200, '{"error":"Session not found"}', 'error-text-in-ok'],
  [
    'rmcp, its worker dead',
    500,
    'Encounter an error when get session: Session error: Session service terminated',
    'session-service-terminated',
  ],
  ...[
    'session not found\n',
    error(-32600, 'Session not found', { id: 's' }),
    error(-32001, 'x'),
    javaDump(1, 'Session 1'),
  ].map((body): Row => [
    `Envoy around ${body.slice(0, 20)}`,
    500,
    `call to backend-1 failed with status code 404, body=${body}`,
    'wrapped-session-not-found',
  ]),
]

const asksAgain: readonly Row[] = [
  ['TypeScript SDK', 400, error(-32000, 'Bad Request: Mcp-Session-Id header is required'), 'session-required-again'],
  ['Lambda handler', 400, error(-32000, 'Session required', own), 'session-required-again'],
  ['rmcp', 422, 'Unexpected message, expect initialize request', 'session-required-again'],
  ['rmcp up to 0.16, GET', 401, 'Unauthorized: Session ID is required', 'session-required-again'],
  ['shared transport', 400, error(-32000, 'Bad Request: Server not initialized'), 'server-not-initialized'],
  ['TypeScript SDK example', 400, error(-32000, noValidSession), 'invalid-session-id'],
  [
    'fastmcp for TypeScript',
    401,
    error(-32000, 'Unauthorized: No valid session ID provided', own),
    'no-valid-session-401',
    signIn,
  ],
  [
    'go-sdk',
    200,
    error(0, 'method "tools/call" is invalid during session initialization', own),
    'initialize-first-again',
  ],
  [
    'Quarkus',
    200,
    error(-32601, 'The first message from the client must be "initialize": tools/call', own),
    'initialize-first-again',
  ],
  ['mcp-go from 0.44', 404, 'Invalid session ID\n', 'session-required-404'],
  ['MCP-Nest 2', 404, error(-32001, 'Session not found'), 'session-required-404'],
]

/** A server that keeps sessions again, asked without a session id because it had none. */
export const sessionfulAgain = asksAgain.map(([what, status, body, rule, more]): Row => {
  return [what, status, body, rule, { ...more, carriedSession: false }]
})

/** The session id was sent, and did not arrive. */
export const lostHeaders: readonly Row[] = [
  ['TypeScript SDK', 400, error(-32000, 'Bad Request: Mcp-Session-Id header is required'), 'session-header-missing'],
  ['TypeScript SDK 2', 400, error(-32000, 'Bad Request: Session ID required'), 'session-header-missing'],
  ['Python', 400, error(-32600, 'Bad Request: Missing session ID', { id: 'server-error' }), 'session-header-missing'],
  ['go-sdk, GET', 400, 'Bad Request: GET requires an Mcp-Session-Id header\n', 'session-header-missing'],
  ['rmcp', 422, 'Unexpected message, expect initialize request', 'session-header-missing'],
  ['rmcp, GET', 400, 'Bad Request: Session ID is required', 'session-header-missing'],
  ['rmcp up to 0.16, GET', 401, 'Unauthorized: Session ID is required', 'session-header-missing'],
  [
    'C#',
    400,
    error(
      -32000,
      'Bad Request: A new session can only be created by an initialize request. Include a valid Mcp-Session-Id header for non-initialize requests.',
      own,
    ),
    'session-header-missing',
  ],
  ['Java', 400, javaDump(-32601, 'Session ID required in mcp-session-id header'), 'session-header-missing'],
  ['Spring', 400, javaDump(-32601, 'Session ID missing'), 'session-header-missing'],
  ['Ruby', 400, '{"error":"Missing session ID"}', 'session-header-missing'],
  ['PHP', 400, error(-32600, 'A valid session id is REQUIRED for non-initialize requests.'), 'session-header-missing'],
  ['php-mcp', 400, error(-32600, 'Mcp-Session-Id header required for POST requests.'), 'session-header-missing'],
  [
    'Swift',
    400,
    error(-32600, 'Invalid Request: Bad Request: Missing MCP-Session-Id header'),
    'session-header-missing',
  ],
  ['Lambda handler', 400, error(-32000, 'Session required', own), 'session-header-missing'],
  ['Envoy', 400, 'missing session ID', 'session-header-missing'],
  ['agentgateway', 400, 'mcp: session header is required for non-initialize requests', 'session-header-missing'],
  [
    'go-sdk',
    200,
    error(0, 'method "tools/call" is invalid during session initialization', own),
    'initialize-first-in-ok',
    succeeded,
  ],
  ['tower-mcp', 200, error(-32006, 'Session ID required'), 'initialize-first-in-ok', succeeded],
]

/** What looks like a loss and is something else. No rule need decide. */
export const lookAlikes: readonly (readonly [
  what: string,
  status: number,
  body: string,
  rule: string | undefined,
  more?: Partial<Refusal>,
])[] = [
  ['unknown method', 404, error(-32601, 'Method not found', own), 'method-not-found'],
  ['header mismatch', 400, error(-32020, 'x'), 'version-or-header-refused'],
  ['missing capability', 400, error(-32021, 'x', own), 'version-or-header-refused'],
  ['version as text', 400, error(-32000, 'Bad Request: Unsupported protocol version'), 'version-or-header-refused'],
  ['Python, _meta', 400, error(-32602, '_meta must be an object'), undefined],
  [
    'a question for the versions',
    400,
    error(-32022, 'Unsupported protocol version', own),
    'version-or-header-refused',
    { message: { kind: 'request', id: 7, method: 'server/discover', params: {} } },
  ],
  ['event id', 400, error(-32000, 'Invalid event ID format'), 'event-id-refused'],
  ['replay of events', 400, 'failed to replay events: session expired', 'event-id-refused'],
  ['malformed event id', 400, 'malformed Last-Event-ID "session"', 'event-id-refused'],
  ['another user, go-sdk', 403, 'session user mismatch\n', 'forbidden'],
  ['another user, ContextForge', 403, '{"detail":"Session access denied"}', 'forbidden'],
  ['another backend, Envoy', 403, 'no MCP session found for backend', 'forbidden'],
  ['a loss that nobody can tell, breeze', 403, 'Session not found', 'forbidden'],
  ['no such stream', 405, error(-32000, 'Method not allowed.'), 'request-refused'],
  ['go-sdk up to 1.2', 405, 'GET requires an active session', 'request-refused'],
  ['a second stream', 409, error(-32000, 'Conflict: Only one SSE stream is allowed per session'), 'request-refused'],
  ['throttled', 429, 'session limit reached, session expired', 'request-refused'],
  ['an unreadable message', 422, 'Failed to deserialize the JSON body', undefined],
  ['an expired token', 401, 'session expired', 'sign-in-required', { wwwAuthenticate: 'Bearer' }],
  ['a token that does not hold', 401, 'Session not found', 'sign-in-required', { wwwAuthenticate: 'Bearer' }],
  ['a challenge without a token', 401, '', 'sign-in-required', { ...signIn, sentAuthorization: false }],
  ['a sign-in without a challenge', 401, 'Your session has expired, please log in', undefined],
  ['other words around it', 401, 'Login session not found, sign in again', undefined],
  ['a tool’s 401', 401, error(-32000, 'Session not found', own), undefined],
  ['a thing that is gone', 410, 'This resource was removed', undefined],
  ['a tool’s 410', 410, error(-32000, 'browser session gone', own), undefined],
  [
    'a tool with sessions of its own',
    400,
    error(-32000, 'browser session not found, call start_session', own),
    undefined,
  ],
  ['a tool that needs a session', 400, error(-32000, 'browser session required', own), undefined],
  ['already initialized', 400, error(-32600, 'Invalid Request: Server already initialized'), undefined],
  ['already initialized, Spring', 400, javaDump(-32603, 'Session already initialized'), undefined],
  [
    'an id too many, Cloudflare',
    400,
    error(-32600, 'Invalid Request: Initialization requests must not include a sessionId'),
    undefined,
  ],
  ['PHP, an id of another form', 400, 'Mcp-Session-Id header must be a valid UUID.', undefined],
  ['not a session word', 400, 'Missing sessionId parameter', undefined],
  ['invalid params', 400, error(-32602, 'Invalid session name, no longer allowed'), undefined],
  ['bad request', 400, 'Bad Request', undefined],
  ['Python, before initialized', 200, error(-32602, 'Invalid request parameters', own), undefined, succeeded],
  ['a first invalid request', 200, error(-32600, 'Invalid Request'), undefined],
  ['an invalid request with details', 200, error(-32600, 'Invalid Request: params.x'), undefined, succeeded],
  ['an invalid request with the own id', 200, error(-32600, 'Invalid Request', own), undefined, succeeded],
  ['a limit', 200, error(-32005, 'limit exceeded'), undefined, succeeded],
  ['a tool’s -32005', 200, error(-32005, 'browser session not found', own), undefined, succeeded],
  ['a tool’s error', 200, error(-32000, 'Session not found', own), undefined, succeeded],
  ['an error without an id', 200, error(-32000, 'Session not found'), undefined, succeeded],
  ['too early', 200, error(0, 'method "tools/call" is invalid during session initialization', own), undefined],
  ['words that are no JSON', 200, 'Session not found', undefined],
  ['a failure', 500, error(-32603, 'Internal error', own), 'server-error'],
  ['a failure with a session in it', 500, 'Session is not valid, or has expired.', 'server-error'],
  ['a tool’s 500', 500, error(-32603, 'Session service terminated', own), 'server-error'],
  [
    'Envoy around another failure',
    500,
    'call to b failed with status code 500, body=session not found',
    'server-error',
  ],
  [
    'Envoy around a missing page',
    500,
    'call to b failed with status code 404, body=404 page not found',
    'server-error',
  ],
  [
    'Envoy around a missing method',
    500,
    `call to b failed with status code 404, body=${error(-32601, 'Method not found', own)}`,
    'server-error',
  ],
  ['a server that stops', 503, 'Server is shutting down, session not found', 'server-error'],
  ['no backend', 502, '<h1>Bad Gateway</h1>', 'server-error'],
]
