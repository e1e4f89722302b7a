import type { LossRule } from './rule.js'
import { asksForSession, echoesId, namesSession, saysGone } from './words.js'

const notInitialized = /^\s*(?:(?:Bad Request: )?Server not initialized|No active transport)\s*$/
const statelessNow = 'The Mcp-Session-Id header is not supported in stateless mode'

/** Losses that are answered 400, and the session id that did not arrive. */
export const badRequest: readonly LossRule[] = [
  {
    name: 'server-not-initialized',
    conclusion: 'lost',
    replay: 'replay',
    reason: 'One transport for everybody, restarted: it waits for an initialize. Only these exact words.',
    servers: 'TypeScript SDK with one shared transport; mcp-proxy (GET); C# SDK 2 after an upgrade',
    statuses: [400],
    dialect: 'serverNotInitialized',
    withoutSession: true,
    matches: (_refusal, { text }) => notInitialized.test(text) || text.includes(statelessNow),
  },
  {
    name: 'session-header-missing',
    conclusion: 'header-lost',
    reason: 'The server saw no session id although we sent one: a new session would not help.',
    servers: 'any server behind a proxy that drops the header',
    statuses: [400, 401, 422],
    matches: (refusal, content) => refusal.carriedSession && asksForSession(refusal, content),
  },
  {
    name: 'session-required-again',
    conclusion: 'lost',
    replay: 'replay',
    reason: 'A server that minted no id when it was last initialized asks for one: it keeps sessions again.',
    servers: 'any server that was redeployed from stateless to sessionful',
    statuses: [400, 401, 422],
    withoutSession: true,
    matches: (refusal, content) => !refusal.carriedSession && asksForSession(refusal, content),
  },
  {
    name: 'invalid-session-id',
    conclusion: 'lost',
    replay: 'replay',
    reason:
      'A 400 that says the session id is not valid or not known, and that answers nothing in particular: with the request’s own id it could be a tool’s or a method’s error.',
    servers:
      'reference server, TypeScript SDK example, Python SDK up to 1.25, supergateway, mcp-go up to 0.43, Envoy, swift',
    statuses: [400],
    dialect: 'invalidSessionId',
    withoutSession: true,
    matches: (refusal, content) =>
      [-32000, -32600, -32603, undefined].includes(content.errorCode) &&
      !echoesId(refusal, content) &&
      namesSession.test(content.text) &&
      saysGone.test(content.text),
  },
]
