import { setTimeout as delay } from 'node:timers/promises'
import { json, text } from '../fault-server/answer.js'
import { calls } from '../fault-server/match.js'
import type { Call } from '../runner/call.js'
import type { Stage } from '../runner/stage.js'
import { failure } from '../wire/json-rpc.js'
import { learnHints } from './stream-parts.js'
import type { Scenario } from './scenario.js'
import { count, expectCount, expectInitializes } from './wire-facts.js'

const AWAY_MS = 400

/** A client that has not noticed yet that its connections are closed can't know whether a request was sent. */
const NOTICED_MS = 100

async function goAway(stage: Stage): Promise<void> {
  await stage.server.goAway()
  await delay(NOTICED_MS)
}

/** Nobody listens for a while in which the calls are made. */
async function whileAway(stage: Stage, make: () => readonly Call[]): Promise<readonly Call[]> {
  await goAway(stage)
  const made = make()
  await delay(AWAY_MS)
  await stage.server.comeBack()
  return made
}

export const away: readonly Scenario[] = [
  {
    name: 'refused-connections',
    title: 'Connections are refused for a while, and the session is still known afterwards: any call goes on in it',
    promise: 'P1',
    async play(stage) {
      const player = await stage.connect()
      const made = await whileAway(stage, () =>
        ['a', 'b', 'c'].map((key) => stage.call(player, 'append_value', { key })),
      )
      for (const call of made) await stage.expectAnswer(call)
      for (const key of ['a', 'b', 'c']) stage.expectExecutions('append_value', key, 1)
      expectInitializes(stage, 1)
    },
  },
  {
    name: 'refused-connections-then-lost',
    title: 'Connections are refused while the process is replaced: any call goes on in a new session',
    promise: 'P1',
    async play(stage) {
      const player = await stage.connect()
      stage.server.restart()
      const made = await whileAway(stage, () => ['a', 'b'].map((key) => stage.call(player, 'append_value', { key })))
      for (const call of made) await stage.expectAnswer(call)
      for (const key of ['a', 'b']) stage.expectExecutions('append_value', key, 1)
      expectInitializes(stage, 2)
    },
  },
  {
    name: 'refused-connections-for-ever',
    title: 'Nobody listens any more: the call ends in time, with an error that says that it was not run',
    promise: 'P11',
    async play(stage) {
      const player = await stage.connect()
      await goAway(stage)
      await stage.expectError(stage.call(player, 'append_value', { key: 'a' }), {
        code: -32012,
        dataCode: 'server_unavailable',
        says: /append_value/,
      })
      await stage.server.comeBack()
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'b' }))
      stage.expectExecutions('append_value', 'a', 0)
      stage.expectExecutions('append_value', 'b', 1)
    },
  },
  {
    name: 'cancelled-while-away',
    title: 'A call is cancelled while nobody listens: it is not sent when the server is back',
    promise: 'P9',
    async play(stage) {
      const player = await stage.connect()
      await goAway(stage)
      const caller = new AbortController()
      const given = stage.call(player, 'append_value', { key: 'a', signal: caller.signal })
      const kept = stage.call(player, 'append_value', { key: 'b' })
      await player.client.flushed()
      await delay(AWAY_MS / 2)
      caller.abort(new Error('the caller gave up'))
      await player.client.flushed()
      await stage.server.comeBack()
      await stage.expectGivenUp(given)
      await stage.expectAnswer(kept)
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'c' }))
      stage.expectExecutions('append_value', 'a', 0)
      stage.expectExecutions('append_value', 'b', 1)
    },
  },
  {
    name: 'typical-redeploy',
    title: 'Refused for a while, then 503 with Retry-After, then 404 of the fresh process: one call sails through',
    promise: 'P1',
    async play(stage) {
      const player = await stage.connect()
      stage.server.restart({ streams: 'cut', connections: 'close' })
      stage.server.script(calls('append_value', 'a'), { ...text(503, 'starting'), headers: { 'retry-after': '1' } })
      const [call] = await whileAway(stage, () => [stage.call(player, 'append_value', { key: 'a' })])
      if (call) await stage.expectAnswer(call)
      stage.expectExecutions('append_value', 'a', 1)
      expectInitializes(stage, 2)
    },
  },
  {
    name: 'typical-redeploy-with-502',
    title: 'Refused, 502, 503 with Retry-After, 404: a read sails through all of it',
    promise: 'P3',
    async play(stage) {
      const player = await stage.connect()
      await learnHints(stage, player)
      stage.server.restart({ streams: 'cut', connections: 'close' })
      const its = calls('read_value', 'a')
      stage.server.script(its, text(502, '<html><h1>502 Bad Gateway</h1></html>'))
      stage.server.script(its, { ...text(503, 'starting'), headers: { 'retry-after': '1' } })
      const [call] = await whileAway(stage, () => [stage.call(player, 'read_value', { key: 'a' })])
      if (call) await stage.expectAnswer(call)
      expectInitializes(stage, 2)
    },
  },
  {
    name: 'retry-after-date',
    title: 'A 503 whose Retry-After is a date: that moment is waited for',
    promise: 'P4',
    async play(stage) {
      const player = await stage.connect()
      const its = calls('append_value', 'a')
      stage.server.script(its, () => ({
        ...text(503, 'starting'),
        // A date has whole seconds: from one to two from now.
        headers: { 'retry-after': new Date(Date.now() + 2000).toUTCString() },
      }))
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
      stage.expectExecutions('append_value', 'a', 1)
      stage.expectWire('the second try comes 0.9 s after the first, or later', (wire) => {
        const [first, second] = wire.filter(its)
        return first !== undefined && second !== undefined && second.startedAtMs - first.startedAtMs >= 900
      })
    },
  },
  {
    name: 'retry-after-an-hour',
    title: 'A 503 that asks for an hour: the caller is told at once, and the server is left alone',
    promise: 'P4',
    async play(stage) {
      const player = await stage.connect()
      const its = calls('append_value', 'a')
      stage.server.script(its, { ...text(503, 'maintenance'), headers: { 'retry-after': '3600' } })
      await stage.expectError(stage.call(player, 'append_value', { key: 'a' }), {
        code: -32012,
        dataCode: 'server_unavailable',
      })
      expectCount(stage, 'requests for the call', its, 1)
      stage.expectExecutions('append_value', 'a', 0)
    },
  },
  {
    name: 'never-ready',
    title: 'A server that says 503 for ever: the call ends in time, after a bounded number of tries',
    promise: 'P5',
    async play(stage) {
      const player = await stage.connect()
      const its = calls('append_value', 'a')
      stage.server.script(its, text(503, 'starting'), { times: Infinity })
      await stage.expectError(stage.call(player, 'append_value', { key: 'a' }), {
        code: -32012,
        dataCode: 'server_unavailable',
      })
      stage.expectExecutions('append_value', 'a', 0)
      stage.expectWire('at most 40 tries', (wire) => count(wire, its) <= 40)
    },
  },
  {
    name: 'not-ready-in-the-recovery',
    title: 'The fresh process refuses the session, and is then not ready for initialize: it is waited for',
    promise: 'P4',
    async play(stage) {
      const player = await stage.connect()
      stage.server.restart()
      stage.server.script(
        ({ messages }) => messages[0]?.method === 'initialize',
        { ...text(503, 'starting'), headers: { 'retry-after': '0' } },
        { times: 2 },
      )
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
      stage.expectExecutions('append_value', 'a', 1)
    },
  },
  {
    name: 'keep-alive-closed',
    title: 'The dead process has closed the kept connections: a read is answered by the fresh one',
    promise: 'P3',
    async play(stage) {
      const player = await stage.connect()
      await learnHints(stage, player)
      for (const key of ['a', 'b', 'c']) {
        stage.server.restart({ streams: 'cut', connections: 'close' })
        await stage.expectAnswer(stage.call(player, 'read_value', { key }))
      }
      expectInitializes(stage, 4)
    },
  },
  {
    name: 'keep-alive-closed-unsafe',
    title: 'The same for a tool without a hint: it is answered, or its caller told to verify; it is run once at most',
    promise: 'P3',
    async play(stage) {
      const player = await stage.connect()
      for (const key of ['a', 'b', 'c']) {
        stage.server.restart({ streams: 'cut', connections: 'close' })
        await stage.expectAnswerOrError(stage.call(player, 'append_value', { key }), {
          code: -32011,
          dataCode: 'outcome_unknown',
          says: /append_value/,
        })
      }
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'after' }))
      stage.expectExecutions('append_value', 'after', 1)
    },
  },
  {
    name: 'look-alike-429',
    title: 'A 429 that answers this very request: it was dispatched, and is not sent again',
    promise: 'P4',
    control: true,
    async play(stage) {
      const player = await stage.connect()
      stage.server.script(calls('append_value', 'a'), {
        execute: true,
        then: ({ messages }) => json(429, failure(messages[0]?.id, -32000, 'too many writes today')),
      })
      await stage.expectError(stage.call(player, 'append_value', { key: 'a' }), { says: /too many writes/ })
      stage.expectExecutions('append_value', 'a', 1)
      expectInitializes(stage, 1)
    },
  },
]
