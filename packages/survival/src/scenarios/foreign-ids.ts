import { json } from '../fault-server/answer.js'
import type { AnswerSource } from '../fault-server/answer.js'
import { calls } from '../fault-server/match.js'
import type { Stage } from '../runner/stage.js'
import { failure, requestId } from '../wire/json-rpc.js'
import type { Scenario } from './scenario.js'
import { expectInitializes } from './wire-facts.js'

const foreign = 'foreign-0123456789abcdef'
const withForeignId = { 'mcp-session-id': foreign }

function expectNotAdopted(stage: Stage): void {
  stage.keepSecret(foreign)
  stage.expectWire('an id on an error answer is never used', (wire) =>
    wire.every(({ sessionId }) => sessionId !== foreign),
  )
}

/** Some servers put a fresh, unusable session id on their refusals. */
function refusedWith(name: string, title: string, answer: AnswerSource): Scenario {
  return {
    name,
    title,
    promise: 'P2',
    async play(stage) {
      expectNotAdopted(stage)
      const player = await stage.connect()
      stage.server.restart({ lossAnswer: answer })
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'b' }))
      stage.expectExecutions('append_value', 'a', 1)
      stage.expectExecutions('append_value', 'b', 1)
      expectInitializes(stage, 2)
    },
  }
}

export const foreignIds: readonly Scenario[] = [
  refusedWith(
    'foreign-id-on-404',
    'A 404 carries another session id: it is not adopted',
    json(404, failure('server-error', -32600, 'Session not found'), withForeignId),
  ),
  refusedWith(
    'foreign-id-on-400',
    'A 400 for a lost session carries another session id: it is not adopted',
    json(400, failure(null, -32000, 'Bad Request: No valid session ID provided'), withForeignId),
  ),
  {
    name: 'foreign-id-on-an-ordinary-error',
    title: 'An error that is no loss carries another session id: it is not adopted, and the session goes on',
    promise: 'P2',
    async play(stage) {
      expectNotAdopted(stage)
      const player = await stage.connect()
      stage.server.script(calls('append_value', 'a'), ({ messages }) =>
        json(400, failure(requestId(messages), -32602, 'Invalid params: no such value'), withForeignId),
      )
      await stage.expectError(stage.call(player, 'append_value', { key: 'a' }), { says: /no such value/ })
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'b' }))
      stage.expectExecutions('append_value', 'b', 1)
      expectInitializes(stage, 1)
    },
  },
]
