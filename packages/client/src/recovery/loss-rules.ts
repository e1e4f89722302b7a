import type { DialectOptions } from './dialects.js'
import { requestIds } from '../wire/json-rpc.js'
import type { Refusal, RefusalContent } from './refusal.js'

/** What a rule concludes. A lost session's request was refused at the session gate: the server never ran it. */
export type Conclusion = 'lost' | 'not-lost'

/** One row of the classifier. The first row that matches decides. */
export interface LossRule {
  /** Stable, in events and errors. */
  readonly name: string
  readonly conclusion: Conclusion
  /** Why this is so. */
  readonly reason: string
  /** Servers that are known to answer like this. */
  readonly servers: string
  /** The only statuses it looks at: no other answer's body is ever read. */
  readonly statuses: readonly number[]
  /** The option that switches it off. */
  readonly dialect?: keyof DialectOptions
  /** Whether it also holds for a request without a session id, from a session whose server had become stateless. */
  readonly withoutSession?: true
  readonly matches: (refusal: Refusal, content: RefusalContent) => boolean
}

const namesSession = /\b(?:mcp[- ])?session\b/i
const saysGone =
  /(not found|unknown|no longer|expired|terminated|invalid|no valid|no active|not initiali[sz]ed|closing|decrypt)/i
const saysMissing = /(required|requires|missing|can only be created by an initialize)/i
const saysInvalidToo = /invalid or missing|no valid/i

const notInitialized = /^\s*(?:(?:Bad Request: )?Server not initialized|No active transport)\s*$/
const statelessNow = 'The Mcp-Session-Id header is not supported in stateless mode'

/** Whether the answer names the request's own id: then the server read the message, and may have run it. */
function echoesId({ message }: Refusal, { id }: RefusalContent): boolean {
  return id !== undefined && requestIds(message).includes(id)
}

/** In the order in which they are tried. */
export const lossRules: readonly LossRule[] = [
  {
    name: 'method-not-found',
    conclusion: 'not-lost',
    reason: 'A 404 with -32601 on the own id is how newer servers say that they do not know the method.',
    servers: 'every 2026-07-28 server; AWS Lambda handler, Unla, Laravel, mcp-toolbox up to 1.6',
    statuses: [404, 400],
    matches: (refusal, content) =>
      content.errorCode === -32601 && echoesId(refusal, content) && !namesSession.test(content.text),
  },
  {
    name: 'notification-not-found',
    conclusion: 'not-lost',
    reason: 'The same for a notification, which has no id to echo.',
    servers: 'as method-not-found',
    statuses: [404],
    matches: ({ message }, content) =>
      message.kind === 'notification' && content.errorCode === -32601 && !namesSession.test(content.text),
  },
  {
    name: 'version-or-header-refused',
    conclusion: 'not-lost',
    reason: 'The server refuses the protocol version or a header, not the session.',
    servers: '2026-07-28 servers (-32020, -32021, -32022); the SDKs for an unknown MCP-Protocol-Version',
    statuses: [404, 400],
    matches: (_refusal, { errorCode, text }) =>
      (errorCode !== undefined && errorCode <= -32020 && errorCode >= -32022) ||
      /unsupported protocol version|MCP-Protocol-Version/i.test(text),
  },
  {
    name: 'event-id-refused',
    conclusion: 'not-lost',
    reason: 'A stream could not be resumed; the session lives.',
    servers: 'TypeScript SDK, go-sdk',
    statuses: [400],
    matches: (_refusal, { text }) => /event[- ]id|failed to replay/i.test(text),
  },
  {
    name: 'session-not-found',
    conclusion: 'lost',
    reason:
      'MCP 2025-11-25, Session Management 3 and 4: 404 to a request with a session id; the text names the session.',
    servers: 'TypeScript SDK 2, Python SDK from 1.26, go-sdk, rmcp from 0.17, C#, Kotlin, Ruby, PHP, Java and more',
    statuses: [404],
    matches: (_refusal, { text }) => namesSession.test(text),
  },
  {
    name: 'json-rpc-404',
    conclusion: 'lost',
    reason: 'The same, answered as a JSON-RPC message whose words do not matter.',
    servers: 'AWS Lambda handler, Helidon',
    statuses: [404],
    matches: (_refusal, { isJsonRpc }) => isJsonRpc,
  },
  {
    name: 'bare-404',
    conclusion: 'lost',
    reason: 'The same with an empty body, a page or other JSON: the clause asks for the status alone.',
    servers: 'Quarkus, Helidon, Spring, Java containers, AgentCore',
    statuses: [404],
    matches: () => true,
  },
  {
    name: 'server-not-initialized',
    conclusion: 'lost',
    reason: 'One transport for everybody, restarted: it waits for an initialize. Only these exact words.',
    servers: 'TypeScript SDK with one shared transport; mcp-proxy (GET); C# SDK 2 after an upgrade',
    statuses: [400],
    dialect: 'serverNotInitialized',
    withoutSession: true,
    matches: (_refusal, { text }) => notInitialized.test(text) || text.includes(statelessNow),
  },
  {
    name: 'session-header-missing',
    conclusion: 'not-lost',
    reason: 'The server saw no session id although we sent one: a new session would not help.',
    servers: 'any server behind a proxy that drops the header',
    statuses: [400, 422],
    matches: ({ carriedSession }, { text }) => carriedSession && asksForSession(text),
  },
  {
    name: 'session-required-again',
    conclusion: 'lost',
    reason: 'A server that minted no id when it was last initialized asks for one: it keeps sessions again.',
    servers: 'any server that was redeployed from stateless to sessionful',
    statuses: [400, 422],
    withoutSession: true,
    matches: ({ carriedSession }, { text }) => !carriedSession && asksForSession(text),
  },
  {
    name: 'invalid-session-id',
    conclusion: 'lost',
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

function asksForSession(text: string): boolean {
  return (
    (namesSession.test(text) && saysMissing.test(text) && !saysInvalidToo.test(text)) ||
    text.includes('Unexpected message, expect initialize request')
  )
}
