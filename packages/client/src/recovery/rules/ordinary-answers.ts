import type { LossRule } from './rule.js'
import { echoesId, isVersionOrHeaderCode, namesSession } from './words.js'

/** What is no loss whatever else it says. */
export const ordinaryAnswers: readonly LossRule[] = [
  {
    name: 'answered',
    conclusion: 'not-lost',
    reason: 'A JSON-RPC result on the own id: the request was run, whatever the status. Its words are never searched.',
    servers: 'any',
    statuses: [200, 400, 401, 404, 410, 422, 500],
    matches: (refusal, content) => content.isResult && echoesId(refusal, content),
  },
  {
    name: 'method-not-found',
    conclusion: 'not-lost',
    reason: 'A 404 with -32601 on the own id is how newer servers say that they do not know the method.',
    servers: 'every 2026-07-28 server; AWS Lambda handler, Unla, Laravel, mcp-toolbox up to 1.6',
    statuses: [404, 400],
    // The code alone misfiles a real server that says "Not Found: Invalid session ID" with it.
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
    name: 'version-withdrawn',
    conclusion: 'version-withdrawn',
    reason:
      'The version that this session was made with is no longer spoken: the server was upgraded to one without sessions. Not for the question which versions there are.',
    servers: 'TypeScript SDK 2 with `legacy: reject`, and other 2026-07-28 servers',
    statuses: [404, 400],
    withoutSession: true,
    // A session exists only because the server once agreed to its version.
    matches: ({ message }, { errorCode }) =>
      errorCode === -32022 && !(message.kind === 'request' && message.method === 'server/discover'),
  },
  {
    name: 'version-or-header-refused',
    conclusion: 'not-lost',
    reason: 'The server refuses the protocol version or a header, not the session.',
    servers: '2026-07-28 servers (-32020, -32021, -32022); the SDKs for an unknown MCP-Protocol-Version',
    statuses: [404, 400],
    matches: (_refusal, { errorCode, text }) =>
      isVersionOrHeaderCode(errorCode) || /unsupported protocol version|MCP-Protocol-Version/i.test(text),
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
    name: 'forbidden',
    conclusion: 'not-lost',
    reason:
      'The origin, the scope or the person is refused. A new session for somebody else is not what its owner asked for, even where the text names the session.',
    servers: 'any; go-sdk, C#, ContextForge and Ruby for a session that belongs to another user',
    statuses: [403],
    matches: () => true,
  },
  {
    name: 'request-refused',
    conclusion: 'not-lost',
    reason: 'About the request itself (method, headers, size, another stream that is open) or about its rate.',
    servers: 'any',
    statuses: [405, 406, 409, 413, 415, 429],
    matches: () => true,
  },
]
