import { json } from '../fault-server/answer.js'
import type { Answer } from '../fault-server/answer.js'
import type { AnswerSource } from '../fault-server/answer.js'
import { all, calls, initialized, initializes } from '../fault-server/match.js'
import type { Call } from '../runner/call.js'
import type { Stage } from '../runner/stage.js'
import { failure, requestId } from '../wire/json-rpc.js'
import type { Scenario } from './scenario.js'
import { expectInitializes, inLife } from './wire-facts.js'

/** `initialize` fails until the server is healed: the call hears why, and the next one is answered. */
function initializeFails(
  answer: AnswerSource,
  expectFailure: (stage: Stage, call: Call) => Promise<void>,
): Scenario['play'] {
  return async (stage) => {
    const player = await stage.connect()
    stage.server.restart()
    const failing = stage.server.script(initializes, answer, { times: Infinity })
    await expectFailure(stage, stage.call(player, 'append_value', { key: 'refused' }))
    failing.remove()
    await stage.expectAnswer(stage.call(player, 'append_value', { key: 'healed' }))
    stage.expectExecutions('append_value', 'refused', 0)
    stage.expectExecutions('append_value', 'healed', 1)
  }
}

const initializeFailed = (stage: Stage, call: Call): Promise<void> => stage.expectFailedRecovery(call, 'initialize')

const unauthorized: Answer = {
  status: 401,
  headers: { 'www-authenticate': 'Bearer error="invalid_token"', 'content-type': 'text/plain' },
  body: 'Unauthorized',
}

export const failedRecovery: readonly Scenario[] = [
  {
    name: 'replay-refused',
    title: 'The replay is refused too: the call ends in an error after one recovery, and the next call heals',
    promise: 'P5',
    async play(stage) {
      const { server } = stage
      const player = await stage.connect()
      server.restart()
      server.script(
        all(calls('append_value', 'refused'), ({ sessionLabel }) => sessionLabel === 'S2'),
        () => {
          server.restart()
          return 'default'
        },
      )
      await stage.expectFailedRecovery(stage.call(player, 'append_value', { key: 'refused' }), 'replay')
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'healed' }))
      stage.expectExecutions('append_value', 'refused', 0)
      stage.expectExecutions('append_value', 'healed', 1)
      stage.expectWire('one initialize and one replay for the refused call', (wire) => {
        const own = wire.filter(inLife(2))
        return own.filter(initializes).length === 1 && own.filter(calls('append_value', 'refused')).length === 2
      })
      expectInitializes(stage, 3)
    },
  },
  {
    name: 'initialize-500',
    title: 'The recovery’s initialize is answered 500',
    promise: 'P11',
    play: initializeFails({ status: 500, body: 'Internal Server Error' }, initializeFailed),
  },
  {
    name: 'initialize-json-rpc-error',
    title: 'The recovery’s initialize is answered with a JSON-RPC error',
    promise: 'P11',
    play: initializeFails(
      ({ messages }) => json(200, failure(requestId(messages), -32603, 'no room for new sessions')),
      initializeFailed,
    ),
  },
  {
    name: 'initialize-silence',
    title: 'The recovery’s initialize is never answered',
    promise: 'P5',
    play: initializeFails({ silence: true }, initializeFailed),
  },
  {
    name: 'initialize-401',
    title: 'The recovery’s initialize is answered 401: that is for the client’s own sign-in, and is passed as it is',
    promise: 'P7',
    play: initializeFails(unauthorized, (stage, call) =>
      stage.expectError(call, { says: /\b401\b|unauthori[sz]ed|sign[- ]?in/i }),
    ),
  },
  {
    name: 'initialize-unknown-version',
    title: 'The server answers the re-initialize with a protocol version nobody knows',
    promise: 'P11',
    async play(stage) {
      const player = await stage.connect()
      stage.server.restart({ protocolVersion: '2099-01-01' })
      await stage.expectFailedRecovery(stage.call(player, 'append_value', { key: 'refused' }), 'initialize')
      stage.server.behave({ protocolVersion: undefined })
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'healed' }))
      stage.expectExecutions('append_value', 'refused', 0)
      stage.expectExecutions('append_value', 'healed', 1)
    },
  },
  {
    name: 'initialized-always-refused',
    title: 'Every new session is lost before its handshake is done: the call ends in an error that says exactly that',
    promise: 'P5',
    async play(stage) {
      const { server } = stage
      const player = await stage.connect()
      server.restart()
      const dying = server.script(
        all(initialized, ({ life }) => life > 1),
        () => {
          server.restart()
          return 'default'
        },
        { times: Infinity },
      )
      const marks = { code: -32010, step: 'initialized', says: /in a row/ }
      await stage.expectError(stage.call(player, 'append_value', { key: 'refused' }), marks)
      dying.remove()
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'healed' }))
      stage.expectExecutions('append_value', 'refused', 0)
      stage.expectExecutions('append_value', 'healed', 1)
      stage.expectWire('no more than ten new sessions for it', (wire) => wire.filter(initializes).length <= 12)
    },
  },
]
