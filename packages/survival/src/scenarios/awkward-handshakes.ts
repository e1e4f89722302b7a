import { json } from '../fault-server/answer.js'
import { specLossAnswer } from '../fault-server/loss-answer.js'
import { all, calls, initialized, initializes, uses } from '../fault-server/match.js'
import { failure } from '../wire/json-rpc.js'
import type { Scenario } from './scenario.js'
import { expectCount, expectInitializes, inLife } from './wire-facts.js'

export const awkwardHandshakes: readonly Scenario[] = [
  {
    name: 'already-initialized',
    title:
      'A server of one session refuses a second initialize: the old session is ended with DELETE, then it goes well',
    promise: 'P2',
    async play(stage) {
      const { server } = stage
      const player = await stage.connect()
      let occupied = true
      server.script(
        all(calls(), ({ sessionLabel }) => sessionLabel === 'S1'),
        specLossAnswer,
        { times: Infinity },
      )
      server.script(
        all(initializes, () => occupied),
        json(400, failure(null, -32600, 'Invalid Request: Server already initialized')),
        { times: Infinity },
      )
      server.script(uses('DELETE'), () => {
        occupied = false
        return 'default'
      })
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'b' }))
      stage.expectExecutions('append_value', 'a', 1)
      stage.expectExecutions('append_value', 'b', 1)
      stage.expectWire('DELETE names the old session', (wire) =>
        wire
          .filter(uses('DELETE'))
          .slice(0, 1)
          .every(({ sessionLabel }) => sessionLabel === 'S1'),
      )
      // The first, the refused one, the accepted one.
      expectInitializes(stage, 3)
    },
  },
  {
    name: 'already-initialized-for-ever',
    title: 'A server of one session that belongs to somebody else: the call ends in an error, after one DELETE',
    promise: 'P11',
    async play(stage) {
      const { server } = stage
      const player = await stage.connect()
      server.restart()
      const occupied = json(400, failure(null, -32600, 'Invalid Request: Server already initialized'))
      server.script(initializes, occupied, { times: Infinity })
      await stage.expectFailedRecovery(stage.call(player, 'append_value', { key: 'a' }), 'initialize')
      stage.expectExecutions('append_value', 'a', 0)
      stage.expectWire('one DELETE for it', (wire) => wire.filter(uses('DELETE')).length <= 1)
    },
  },
  {
    name: 'dies-before-initialized',
    title: 'The server dies between initialize and initialized: that new session is void, and another is made',
    promise: 'P2',
    async play(stage) {
      const { server } = stage
      const player = await stage.connect()
      server.restart()
      server.script(all(initialized, inLife(2)), () => {
        server.restart()
        return 'default'
      })
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'b' }))
      stage.expectExecutions('append_value', 'a', 1)
      stage.expectExecutions('append_value', 'b', 1)
      expectInitializes(stage, 3)
    },
  },
  {
    name: 'dies-before-initialized-by-reset',
    title: 'The same, with a reset of the connection and not with a refusal',
    promise: 'P2',
    async play(stage) {
      const { server } = stage
      const player = await stage.connect()
      server.restart()
      server.script(all(initialized, inLife(2)), () => {
        server.restart()
        return { reset: 'before-head' }
      })
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'b' }))
      stage.expectExecutions('append_value', 'a', 1)
      stage.expectExecutions('append_value', 'b', 1)
    },
  },
  {
    name: 'initialize-reset',
    title: 'The recovery’s initialize is reset: it is tried again',
    promise: 'P1',
    async play(stage) {
      const player = await stage.connect()
      stage.server.restart()
      stage.server.script(initializes, { reset: 'before-head' })
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
      stage.expectExecutions('append_value', 'a', 1)
    },
  },
  {
    name: 'stateless-and-stateful-again',
    title: 'After one redeploy the server makes no session ids, after the next it does again',
    promise: 'P2',
    async play(stage) {
      const { server } = stage
      const player = await stage.connect()
      server.restart({ stateless: true })
      const strict = server.script(({ sessionId }) => sessionId !== undefined, specLossAnswer, { times: Infinity })
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
      strict.remove()
      server.restart({ stateless: false })
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'b' }))
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'c' }))
      for (const key of ['a', 'b', 'c']) stage.expectExecutions('append_value', key, 1)
      stage.expectWire('the last call names the session of the last process', (wire) => {
        const last = wire.filter(calls('append_value', 'c')).at(-1)
        return last?.sessionId !== undefined && last.status === 200
      })
      expectInitializes(stage, 3)
    },
  },
  {
    name: 'never-converges',
    title: 'Replicas that never know each other’s sessions: new sessions in a row die, and an error says exactly that',
    promise: 'P5',
    async play(stage) {
      const { server } = stage
      const player = await stage.connect()
      server.restart()
      const others = server.script(
        calls(),
        () => {
          server.restart()
          return 'default'
        },
        { times: Infinity },
      )
      const made = []
      for (const key of ['a', 'b', 'c', 'd', 'e']) {
        const call = stage.call(player, 'append_value', { key })
        await stage.expectError(call, { code: -32010 })
        stage.expectExecutions('append_value', key, 0)
        made.push(call)
      }
      const told = made.some(({ outcome }) => outcome?.kind === 'error' && outcome.message.includes('in a row'))
      await stage.expectAnswer(stage.act('an error that speaks of sessions in a row', Promise.resolve(told), true))
      stage.expectWire('at most two initializes for a call', (wire) => wire.filter(initializes).length <= 11)
      others.remove()
    },
  },
  {
    name: 'compressed',
    title: 'Every answer is compressed, the refusal included',
    promise: 'P2',
    server: { compressed: true },
    async play(stage) {
      const player = await stage.connect()
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'before' }))
      stage.server.restart()
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
      stage.server.restart({
        lossAnswer: json(400, failure(null, -32000, 'Bad Request: No valid session ID provided')),
      })
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'b' }))
      for (const key of ['before', 'a', 'b']) stage.expectExecutions('append_value', key, 1)
      expectInitializes(stage, 3)
    },
  },
  {
    name: 'compressed-events',
    title: 'The same with answers as events',
    promise: 'P2',
    server: { compressed: true, initializeAs: 'sse', requestsAs: 'sse' },
    async play(stage) {
      const player = await stage.connect()
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'before' }))
      stage.server.restart()
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
      for (const key of ['before', 'a']) stage.expectExecutions('append_value', key, 1)
      expectInitializes(stage, 2)
    },
  },
  {
    name: 'large-request',
    title: 'A call with a megabyte of arguments meets the loss: it is replayed whole',
    promise: 'P2',
    async play(stage) {
      const player = await stage.connect()
      stage.server.restart()
      const text = 'x'.repeat(1_000_000)
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a', args: { text } }))
      stage.expectExecutions('append_value', 'a', 1)
      expectCount(stage, 'requests for the call', calls('append_value', 'a'), 2)
      expectInitializes(stage, 2)
    },
  },
]
