import { framed, json, text } from '../fault-server/answer.js'
import type { AnswerSource } from '../fault-server/answer.js'
import { failure, requestId } from '../wire/json-rpc.js'
import { lossScenario } from './loss-scenario.js'
import type { Scenario } from './scenario.js'
import { expectInitializes } from './wire-facts.js'

const notInitialized = failure(null, -32000, 'Bad Request: Server not initialized')

/** What real servers answer instead of 404. */
const dialects: readonly (readonly [name: string, title: string, answer: AnswerSource])[] = [
  [
    'ts-example',
    'the TypeScript SDK’s example pattern',
    json(400, failure(null, -32000, 'Bad Request: No valid session ID provided')),
  ],
  [
    'reference-server',
    'the official reference server, without an id member',
    json(400, failure(undefined, -32000, 'Bad Request: No valid session ID provided')),
  ],
  [
    'python-text',
    'the Python SDK up to 1.25: bare text without Content-Type',
    { status: 400, body: 'Bad Request: No valid session ID provided' },
  ],
  ['mcp-go', 'mcp-go up to 0.43', text(400, 'Invalid session ID\n')],
  [
    'envoy',
    'Envoy AI Gateway after its key was changed',
    text(400, 'invalid session ID: failed to decrypt session ID: cipher: message authentication failed\n'),
  ],
  ['anubis', 'anubis-mcp 1.0', text(400, 'No active session')],
  [
    'unknown-header',
    'a server that names the header',
    json(400, failure(null, -32000, 'Bad Request: Unknown Mcp-Session-Id header')),
  ],
  ['unla', 'Unla', json(400, failure(null, -32600, 'Invalid Request: Session not found'))],
  ['swift', 'the Swift SDK', json(400, failure(null, -32600, 'Invalid Request: Bad Request: Session not initialized'))],
  ['not-initialized', 'a server with one transport for everybody', json(400, notInitialized)],
  [
    'not-initialized-no-type',
    'the same, of the TypeScript SDK up to 1.24: no Content-Type',
    { status: 400, body: JSON.stringify(notInitialized) },
  ],
  ['not-initialized-sse', 'the same inside an SSE frame', framed(400, notInitialized)],
]

const notFoundText = { error: 'Session not found' }

/** The same with other statuses: sign-in, gone, and even success. */
const otherStatuses: readonly (readonly [name: string, title: string, answer: AnswerSource])[] = [
  [
    '401-rmcp',
    'answered 401 without a challenge, as by rmcp up to 0.16',
    { status: 401, body: 'Unauthorized: Session not found' },
  ],
  ['410-go', 'answered 410, as by go-sdk 0.2', text(410, 'session terminated\n')],
  [
    '200-tower',
    'reported in a 200 with -32005, as by tower-mcp',
    ({ sessionId = '' }) =>
      json(
        200,
        failure(null, -32005, `Session '${sessionId}' not found or expired. Please re-initialize the connection.`),
      ),
  ],
  ['200-error-text', 'reported in a 200 that is no JSON-RPC', json(200, notFoundText)],
]

/** Reported in an event: a client without recovery waits for its answer for ever. */
export const lossInEvent: readonly Scenario[] = [
  lossScenario({
    name: 'loss-200-keryx',
    title: 'A lost session reported in an event of a 200, as by keryx',
    answer: framed(200, notFoundText),
  }),
]

const noValidSession = 'Unauthorized: No valid session ID provided'
const token = 'Bearer a-token-that-holds'

const challengedLoss: Scenario = {
  name: 'loss-401-fastmcp',
  title: 'A lost session answered 401 with a challenge, as by fastmcp for TypeScript: nobody has to sign in again',
  promise: 'P7',
  needs: ['headers'],
  async play(stage) {
    stage.keepSecret(token)
    const player = await stage.connect({ headers: { authorization: token } })
    await stage.expectAnswer(stage.call(player, 'read_value'))
    stage.server.restart({
      lossAnswer: ({ messages }) =>
        json(401, failure(requestId(messages), -32000, noValidSession), {
          'www-authenticate': `Bearer error="invalid_token", error_description="${noValidSession}"`,
        }),
    })
    await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
    await stage.expectAnswer(stage.call(player, 'append_value', { key: 'b' }))
    stage.expectExecutions('append_value', 'a', 1)
    stage.expectExecutions('append_value', 'b', 1)
    expectInitializes(stage, 2)
  },
}

/**
 * "Invalid Request" of a server that has answered the like before. The recovery has to remember which methods were
 * answered in this session; the same answer to the first call is an ordinary error.
 */
export const invalidRequestInOk: readonly Scenario[] = [
  {
    name: 'loss-200-zilla',
    title: 'A lost session reported in a 200 as an invalid request, as by zilla, to a method that was answered before',
    promise: 'P2',
    async play(stage) {
      const player = await stage.connect()
      await stage.expectAnswer(stage.call(player, 'read_value'))
      stage.server.restart({ lossAnswer: json(200, failure(null, -32600, 'Invalid Request')) })
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
      stage.expectExecutions('append_value', 'a', 1)
      expectInitializes(stage, 2)
    },
  },
]

const statelessText = 'Bad Request: The Mcp-Session-Id header is not supported in stateless mode'

const csharpStateless: Scenario = {
  name: 'loss-400-csharp-stateless',
  title: 'The C# SDK after its upgrade to 2: no sessions any more, and no patience with an id',
  promise: 'P2',
  async play(stage) {
    const player = await stage.connect()
    await stage.expectAnswer(stage.call(player, 'read_value'))
    stage.server.restart({ stateless: true })
    stage.server.script(
      ({ sessionId }) => sessionId !== undefined,
      ({ messages }) => json(400, failure(requestId(messages), -32000, statelessText)),
      { times: Infinity },
    )
    await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
    await stage.expectAnswer(stage.call(player, 'append_value', { key: 'b' }))
    stage.expectExecutions('append_value', 'a', 1)
    stage.expectExecutions('append_value', 'b', 1)
  },
}

export const dialectShapes: readonly Scenario[] = [
  ...dialects.map(([name, title, answer]) =>
    lossScenario({ name: `loss-400-${name}`, title: `A lost session answered 400 as by ${title}`, answer }),
  ),
  csharpStateless,
  ...otherStatuses.map(([name, title, answer]) =>
    lossScenario({ name: `loss-${name}`, title: `A lost session ${title}`, answer }),
  ),
  challengedLoss,
]
