import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import type { OutgoingMessage } from '../wire/json-rpc.js'
import { classify, mayMeanLoss } from './classify.js'
import { lossRules } from './loss-rules.js'

const call: OutgoingMessage = { kind: 'request', id: 7, method: 'tools/call', params: {} }
const notification: OutgoingMessage = { kind: 'notification', method: 'notifications/progress', params: {} }

const error = (code: number, message: string, rest: object = { id: null }) =>
  JSON.stringify({ jsonrpc: '2.0', error: { code, message }, ...rest })

const decide = (status: number, body: string, message: OutgoingMessage = call, carriedSession = true) =>
  classify({ status, carriedSession, message, body })

/** What servers answered on the wire, or have in their sources, to a session id that they don't know. */
const losses: readonly [server: string, status: number, body: string, rule: string][] = [
  ['TypeScript SDK 2', 404, error(-32001, 'Session not found'), 'session-not-found'],
  ['Python SDK 1.26', 404, error(-32600, 'Session not found', { id: 'server-error' }), 'session-not-found'],
  ['Python SDK, ended', 404, error(-32600, 'Not Found: Session has been terminated', {}), 'session-not-found'],
  ['go-sdk', 404, 'session not found\n', 'session-not-found'],
  ['rmcp 0.17', 404, 'Not Found: Session not found', 'session-not-found'],
  ['C# 1', 404, error(-32001, 'Session not found', { id: '' }), 'session-not-found'],
  ['C# 2 echoes the id', 404, error(-32001, 'Session not found', { id: 7 }), 'session-not-found'],
  ['Kotlin omits the id', 404, error(-32000, 'Session not found', {}), 'session-not-found'],
  ['Ruby up to 0.19', 404, '{"error":"Session not found"}', 'session-not-found'],
  ['PHP', 404, error(-32600, 'Session not found or has expired.', { id: '' }), 'session-not-found'],
  ['php-mcp', 404, error(-32600, 'Invalid or expired session. Please re-initialize.', { id: 7 }), 'session-not-found'],
  [
    'Java servlet',
    404,
    '{"cause":null,"stackTrace":[],"jsonRpcError":{"code":-32603,"message":"Session not found: 0a"},"message":"Session not found: 0a"}',
    'session-not-found',
  ],
  ['ContextForge', 404, '{"detail":"Session not found"}', 'session-not-found'],
  ['Lambda handler', 404, error(-32000, 'Invalid or expired session', { id: 7 }), 'session-not-found'],
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
    error(-32600, 'Invalid Request', {
      id: 'x',
      error: { code: -32600, message: 'Invalid Request', data: { message: 'Session not found' } },
    }),
    'session-not-found',
  ],
  ['in an event', 404, `event: message\ndata: ${error(-32001, 'Session not found')}\n\n`, 'session-not-found'],
  ['Helidon', 404, '{"jsonrpc":"2.0","id":1}', 'json-rpc-404'],
  ['other words', 404, error(-32001, 'Unknown transport'), 'json-rpc-404'],
  ['Quarkus', 404, '', 'bare-404'],
  ['a container', 404, '<!doctype html><title>404</title><h1>Not Found</h1>', 'bare-404'],
  ['Go mux', 404, '404 page not found\n', 'bare-404'],
  ['TypeScript SDK example', 400, error(-32000, 'Bad Request: No valid session ID provided'), 'invalid-session-id'],
  ['reference server', 400, error(-32000, 'Bad Request: No valid session ID provided', {}), 'invalid-session-id'],
  ['its GET', 400, 'Invalid or missing session ID', 'invalid-session-id'],
  ['Python SDK up to 1.25', 400, 'Bad Request: No valid session ID provided', 'invalid-session-id'],
  ['mcp-go up to 0.43', 400, 'Invalid session ID\n', 'invalid-session-id'],
  ['Envoy', 400, 'invalid session ID: failed to decrypt session ID: cipher', 'invalid-session-id'],
  ['agentgateway', 400, 'mcp: invalid session ID header', 'invalid-session-id'],
  ['anubis up to 1.0', 400, 'No active session', 'invalid-session-id'],
  ['OmniRoute', 400, 'Bad Request: Unknown Mcp-Session-Id header', 'invalid-session-id'],
  ['Unla', 400, error(-32600, 'Invalid Request: Session not found'), 'invalid-session-id'],
  ['Swift', 400, error(-32600, 'Invalid Request: Bad Request: Session not initialized'), 'invalid-session-id'],
  ['TypeScript SDK, shared', 400, error(-32000, 'Bad Request: Server not initialized'), 'server-not-initialized'],
  ['the same in an event', 400, `data: ${error(-32000, 'Server not initialized')}\n\n`, 'server-not-initialized'],
  ['mcp-proxy GET', 400, 'No active transport', 'server-not-initialized'],
  [
    'C# 2, upgraded',
    400,
    error(-32000, 'Bad Request: The Mcp-Session-Id header is not supported in stateless mode', { id: 7 }),
    'server-not-initialized',
  ],
]

/** What looks like it and is something else. */
const lookAlikes: readonly [what: string, status: number, body: string, rule: string | undefined][] = [
  ['unknown method', 404, error(-32601, 'Method not found', { id: 7 }), 'method-not-found'],
  [
    'unsupported version',
    400,
    error(-32022, 'Unsupported protocol version: 2025-11-25', { id: 7 }),
    'version-or-header-refused',
  ],
  ['header mismatch', 400, error(-32020, 'x'), 'version-or-header-refused'],
  ['version as text', 400, error(-32000, 'Bad Request: Unsupported protocol version'), 'version-or-header-refused'],
  ['header lost', 400, error(-32000, 'Bad Request: Mcp-Session-Id header is required'), 'session-header-missing'],
  ['header lost, Python', 400, error(-32600, 'Missing session ID'), 'session-header-missing'],
  ['header lost, rmcp', 422, 'Unexpected message, expect initialize request', 'session-header-missing'],
  ['event id', 400, error(-32000, 'Invalid event ID format'), 'event-id-refused'],
  [
    'a tool with sessions of its own',
    400,
    error(-32000, 'browser session not found, call start_session first', { id: 7 }),
    undefined,
  ],
  ['already initialized', 400, error(-32600, 'Invalid Request: Server already initialized'), undefined],
  ['not a session word', 400, 'Missing sessionId parameter', undefined],
  ['invalid params', 400, error(-32602, 'Invalid session name, no longer allowed'), undefined],
  ['bad request', 400, 'Bad Request', undefined],
]

describe('classify', () => {
  it.each(losses)('%s: %d is a loss', (_server, status, body, rule) => {
    expect(decide(status, body)).toEqual({ conclusion: 'lost', rule })
  })

  it.each(losses)('%s: %d is a loss for a notification too', (_server, status, body) => {
    expect(decide(status, body, notification).conclusion).toBe('lost')
  })

  it.each(lookAlikes)('%s is not', (_what, status, body, rule) => {
    expect(decide(status, body)).toEqual({ conclusion: 'not-lost', rule })
  })

  it('takes 404 with -32601 for a notification as what it says', () => {
    expect(decide(404, error(-32601, 'Method not found'), notification)).toEqual({
      conclusion: 'not-lost',
      rule: 'notification-not-found',
    })
  })

  it('knows the own id in a batch', () => {
    const batch: OutgoingMessage = { kind: 'batch', messages: [notification, call] }
    expect(decide(400, error(-32000, 'terminal session expired', { id: 7 }), batch).conclusion).toBe('not-lost')
    expect(decide(400, error(-32000, 'terminal session expired', { id: 8 }), batch).conclusion).toBe('lost')
  })

  it('believes no dialect that is switched off, and 404 always', () => {
    const off = { invalidSessionId: false, serverNotInitialized: false }
    for (const [, status, body] of losses) {
      const { conclusion } = classify({ status, carriedSession: true, message: call, body }, off)
      expect(conclusion).toBe(status === 404 ? 'lost' : 'not-lost')
    }
  })

  it('takes a server that asks for a session again, after it had none, for a loss', () => {
    const sent = (status: number, body: string) => decide(status, body, call, false)
    expect(sent(400, error(-32000, 'Bad Request: Mcp-Session-Id header is required')).rule).toBe(
      'session-required-again',
    )
    expect(sent(422, 'Unexpected message, expect initialize request').conclusion).toBe('lost')
    expect(sent(400, error(-32000, 'Bad Request: Server not initialized')).conclusion).toBe('lost')
    // Without a session id a 404 says nothing about sessions.
    expect(sent(404, 'session not found')).toEqual({ conclusion: 'not-lost', rule: undefined })
  })

  it('decides on any 404 and on nothing else without looking twice, whatever the body', () => {
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 599 }), fc.string(), (status, body) => {
        const { conclusion } = decide(status, body)
        if (status === 404) expect(conclusion).toBe('lost')
        if (!mayMeanLoss(status)) expect(conclusion).toBe('not-lost')
      }),
    )
  })

  it('has rules that all say why and decide something in the corpus', () => {
    const used = new Set([...losses, ...lookAlikes].map(([, status, body]) => decide(status, body).rule))
    for (const { name, reason, servers } of lossRules) {
      expect([reason, servers]).not.toContain('')
      if (!['notification-not-found', 'session-required-again'].includes(name)) expect(used).toContain(name)
    }
  })
})
