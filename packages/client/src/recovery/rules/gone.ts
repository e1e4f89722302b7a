import type { LossRule } from './rule.js'
import { echoesId, namesSession, saysGone } from './words.js'

/** What the specification says of a lost session, and its one neighbour. */
export const gone: readonly LossRule[] = [
  {
    name: 'session-not-found',
    conclusion: 'lost',
    replay: 'replay',
    reason:
      'MCP 2025-11-25, Session Management 3 and 4: 404 to a request with a session id; the text names the session.',
    servers: 'TypeScript SDK 2, Python SDK from 1.26, go-sdk, rmcp from 0.17, C#, Kotlin, Ruby, PHP, Java and more',
    statuses: [404],
    matches: (_refusal, { text }) => namesSession.test(text),
  },
  {
    name: 'session-required-404',
    conclusion: 'lost',
    replay: 'replay',
    reason:
      'A server that minted no id when it was last initialized misses one in a request without any: it keeps sessions again. Only with these words: any other 404 says nothing of sessions then.',
    servers: 'mcp-go from 0.44, MCP-Nest 2, frontmcp, redeployed from stateless to sessionful',
    statuses: [404],
    withoutSession: true,
    matches: (refusal, content) =>
      !refusal.carriedSession &&
      !echoesId(refusal, content) &&
      namesSession.test(content.text) &&
      saysGone.test(content.text),
  },
  {
    name: 'json-rpc-404',
    conclusion: 'lost',
    replay: 'replay',
    reason: 'The same, answered as a JSON-RPC message whose words do not matter.',
    servers: 'AWS Lambda handler, Helidon',
    statuses: [404],
    matches: (_refusal, { shape }) => shape === 'json-rpc',
  },
  {
    name: 'bare-404',
    conclusion: 'lost',
    replay: 'replay',
    reason: 'The same with an empty body, a page or other JSON: the clause asks for the status alone.',
    servers: 'Quarkus, Helidon, Spring, Java containers, AgentCore',
    statuses: [404],
    matches: () => true,
  },
  {
    name: 'session-gone',
    conclusion: 'lost',
    replay: 'replay',
    reason: 'A 410 that names the session and answers nothing in particular.',
    servers: 'go-sdk 0.2',
    statuses: [410],
    dialect: 'sessionGoneAs410',
    matches: (refusal, content) => !echoesId(refusal, content) && namesSession.test(content.text),
  },
]
