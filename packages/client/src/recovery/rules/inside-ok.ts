import type { Refusal, RefusalContent } from '../refusal.js'
import type { LossRule } from './rule.js'
import { echoesId, namesSession } from './words.js'

/** Losses that are reported inside a 200. Only whole, small answers are read for them. */
export const insideOk: readonly LossRule[] = [
  {
    name: 'session-error-in-ok',
    conclusion: 'lost',
    replay: 'replay',
    reason: 'The error -32005 names the session and answers nothing in particular.',
    servers: 'tower-mcp',
    statuses: [200],
    dialect: 'sessionErrorInOk',
    matches: (refusal, content) =>
      content.errorCode === -32005 && !echoesId(refusal, content) && namesSession.test(content.text),
  },
  {
    name: 'invalid-request-in-ok',
    conclusion: 'lost',
    replay: 'replay',
    reason:
      'The server does not say what is invalid about a request whose like it has answered before in this session: what has changed is that it does not know the session.',
    servers: 'zilla up to 2.4',
    statuses: [200],
    dialect: 'invalidRequestInOk',
    matches: ({ message, methodSucceededBefore }, { errorCode, id, text }) =>
      message.kind === 'request' &&
      methodSucceededBefore === true &&
      errorCode === -32600 &&
      id === null &&
      // What it means as a genuine error comes with details.
      /^Invalid Request$/i.test(text),
  },
  {
    name: 'error-text-in-ok',
    conclusion: 'lost',
    replay: 'replay',
    reason: 'No JSON-RPC, just an error of exactly these words, as JSON or in an event.',
    servers: 'keryx before August 2026 (not where it leaves its event stream open)',
    statuses: [200],
    dialect: 'errorTextInOk',
    matches: (_refusal, { shape, text }) => shape === 'json' && text === 'Session not found',
  },
  {
    name: 'initialize-first-in-ok',
    conclusion: 'header-lost',
    reason:
      'The server wants an initialize although we sent a session id, and had answered the same method under it: the id did not arrive.',
    servers: 'go-sdk, Quarkus and tower-mcp behind a proxy that drops the header',
    statuses: [200],
    dialect: 'initializeFirstInOk',
    matches: (refusal, content) =>
      refusal.carriedSession && refusal.methodSucceededBefore === true && wantsInitialize(refusal, content),
  },
  {
    name: 'initialize-first-again',
    conclusion: 'lost',
    replay: 'replay',
    reason: 'The same to a request without a session id, because there was none: the server keeps sessions again.',
    servers: 'go-sdk, Quarkus and tower-mcp, redeployed from stateless to sessionful',
    statuses: [200],
    dialect: 'initializeFirstInOk',
    withoutSession: true,
    matches: (refusal, content) => !refusal.carriedSession && wantsInitialize(refusal, content),
  },
]

const initializeFirst =
  /^method "[^"]*" is invalid during session initialization$|^The first message from the client must be "initialize": \S+$/

/** Two sentences that no tool writes, because the servers' own frames around them are part of it; or tower-mcp's code. */
function wantsInitialize(refusal: Refusal, content: RefusalContent): boolean {
  const { shape, errorCode, text } = content
  if (shape !== 'json-rpc' || errorCode === undefined) return false
  return initializeFirst.test(text) || (errorCode === -32006 && namesSession.test(text) && !echoesId(refusal, content))
}
