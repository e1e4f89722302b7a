import { json, text } from '../fault-server/answer.js'
import type { Answer } from '../fault-server/answer.js'
import { calls } from '../fault-server/match.js'
import { failure } from '../wire/json-rpc.js'
import type { Scenario } from './scenario.js'
import { expectInitializes } from './wire-facts.js'

const quoted = JSON.stringify(failure('server-error', -32600, 'Session not found'))

/** Losses that are told by a failure: nothing proves that the request was not run. */
const failures: readonly (readonly [name: string, who: string, answer: Answer])[] = [
  [
    'rmcp',
    'rmcp, whose session has died and is still listed',
    { status: 500, body: 'Encounter an error when get session: Session error: Session service terminated' },
  ],
  [
    'envoy',
    'Envoy AI Gateway, which quotes the server behind it',
    text(500, `call to backend-1 failed with status code 404, body=${quoted}\n`),
  ],
]

const outcomeUnknown = { code: -32011, dataCode: 'outcome_unknown', says: /append_value|tools\/call/ }

function notRun(name: string, who: string, answer: Answer): Scenario {
  return {
    name: `loss-500-${name}`,
    title: `A loss told by a failure of ${who}: the call’s outcome is unknown, and the session is renewed`,
    promise: 'P2',
    async play(stage) {
      const player = await stage.connect()
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'before' }))
      stage.server.restart({ lossAnswer: answer })
      await stage.expectError(stage.call(player, 'append_value', { key: 'a' }), outcomeUnknown)
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'b' }))
      stage.expectExecutions('append_value', 'a', 0)
      stage.expectExecutions('append_value', 'b', 1)
      expectInitializes(stage, 2)
    },
  }
}

function run(name: string, who: string, answer: Answer): Scenario {
  return {
    name: `loss-500-${name}-after-the-run`,
    title: `The same of ${who}, after the tool was run: it is not run a second time`,
    promise: 'P2',
    async play(stage) {
      const player = await stage.connect()
      stage.server.script(calls('append_value', 'a'), { execute: true, then: answer })
      await stage.expectError(stage.call(player, 'append_value', { key: 'a' }), outcomeUnknown)
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'b' }))
      stage.expectExecutions('append_value', 'a', 1)
      stage.expectExecutions('append_value', 'b', 1)
      expectInitializes(stage, 2)
    },
  }
}

function safe(name: string, who: string, answer: Answer): Scenario {
  return {
    name: `loss-500-${name}-safe`,
    title: `The same of ${who}, to what is safe to repeat: it is repeated on the new session`,
    promise: 'P2',
    needs: ['request'],
    async play(stage) {
      const player = await stage.connect()
      // The hints come with the list.
      await stage.expectAnswer(stage.act('tools/list', player.client.request('tools/list')))
      stage.server.restart({ lossAnswer: answer })
      await stage.expectAnswer(stage.act('tools/list again', player.client.request('tools/list')))
      stage.server.restart({ lossAnswer: answer })
      await stage.expectAnswer(stage.call(player, 'read_value'))
      stage.server.restart({ lossAnswer: answer })
      await stage.expectAnswer(stage.call(player, 'set_value', { key: 'a' }))
      expectInitializes(stage, 4)
    },
  }
}

const sessionWords = json(500, failure(null, -32603, 'Session is not valid, or has expired.'))

/** What heals the session without repeating the request, and what only looks so. */
export const healOnly: readonly Scenario[] = [
  ...failures.flatMap(([name, who, answer]) => [
    notRun(name, who, answer),
    run(name, who, answer),
    safe(name, who, answer),
  ]),
  {
    name: 'look-alike-500',
    title: 'One failure that speaks of a session is no loss: a call that may have run is not sent again',
    promise: 'P2',
    control: true,
    async play(stage) {
      const player = await stage.connect()
      stage.server.script(calls('append_value', 'a'), { execute: true, then: sessionWords })
      await stage.expectError(stage.call(player, 'append_value', { key: 'a' }))
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'b' }))
      stage.expectExecutions('append_value', 'a', 1)
      stage.expectExecutions('append_value', 'b', 1)
      expectInitializes(stage, 1)
    },
  },
]
