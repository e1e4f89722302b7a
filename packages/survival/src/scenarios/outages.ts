import { json, text } from '../fault-server/answer.js'
import type { Answer } from '../fault-server/answer.js'
import { calls, initializes } from '../fault-server/match.js'
import { failure, requestId } from '../wire/json-rpc.js'
import type { Scenario } from './scenario.js'
import { expectInitializes } from './wire-facts.js'

const outcomeUnknown = { code: -32011, dataCode: 'outcome_unknown', says: /append_value|tools\/call/ }

/** Answers by which a request breaks off after it was sent. */
const breaks: readonly (readonly [name: string, what: string, answer: Answer])[] = [
  ['502', 'a proxy that answers 502', text(502, 'Bad Gateway')],
  ['504', 'a proxy that answers 504', text(504, 'Gateway Timeout')],
  ['reset', 'a connection that is reset', { reset: 'before-head' }],
]

function writes([name, what, then]: (typeof breaks)[number]): Scenario {
  return {
    name: `outcome-unknown-${name}`,
    title: `A call broken off by ${what} after it was run: the caller is told to verify, and it is not run again`,
    promise: 'P3',
    async play(stage) {
      const player = await stage.connect()
      stage.server.script(calls('append_value', 'a'), { execute: true, then })
      await stage.expectError(stage.call(player, 'append_value', { key: 'a' }), outcomeUnknown)
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'b' }))
      stage.expectExecutions('append_value', 'a', 1)
      stage.expectExecutions('append_value', 'b', 1)
      expectInitializes(stage, 1)
    },
  }
}

function reads([name, what, answer]: (typeof breaks)[number]): Scenario {
  return {
    name: `broken-off-${name}-safe`,
    title: `Calls of tools hinted read-only or idempotent, broken off by ${what}: they are called again`,
    promise: 'P3',
    needs: ['request'],
    async play(stage) {
      const player = await stage.connect()
      // The hints come with the list.
      await stage.expectAnswer(stage.act('tools/list', player.client.request('tools/list')))
      stage.server.script(calls('read_value', 'a'), answer)
      await stage.expectAnswer(stage.call(player, 'read_value', { key: 'a' }))
      stage.server.script(calls('set_value', 'b'), answer)
      await stage.expectAnswer(stage.call(player, 'set_value', { key: 'b' }))
      expectInitializes(stage, 1)
    },
  }
}

const notReady: Scenario = {
  name: 'not-ready-then-lost',
  title: 'A redeploy: 503 with Retry-After, 429, then a fresh process that knows nobody: one call sails through',
  promise: 'P4',
  async play(stage) {
    const player = await stage.connect()
    stage.server.restart()
    stage.server.script(calls('append_value', 'a'), { ...text(503, 'starting'), headers: { 'retry-after': '1' } })
    stage.server.script(calls('append_value', 'a'), { ...text(429, 'busy'), headers: { 'retry-after': '0' } })
    await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
    stage.expectExecutions('append_value', 'a', 1)
    expectInitializes(stage, 2)
  },
}

const awayForInitialize: Scenario = {
  name: 'away-for-initialize',
  title: 'A blip: the call and the clean initialize are both answered 404; then the server is back with its session',
  promise: 'P2',
  async play(stage) {
    const player = await stage.connect()
    stage.server.script(calls('append_value', 'a'), text(404, '404 page not found'))
    stage.server.script(initializes, text(404, '404 page not found'))
    await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
    stage.expectExecutions('append_value', 'a', 1)
    // The session that was kept is the one that is used.
    expectInitializes(stage, 2)
  },
}

const answeredItself: Scenario = {
  name: 'look-alike-503',
  title: 'A 503 that answers this very request: it was dispatched, and is not sent again',
  promise: 'P4',
  async play(stage) {
    const player = await stage.connect()
    stage.server.script(calls('append_value', 'a'), {
      execute: true,
      then: ({ messages }) => json(503, failure(requestId(messages), -32000, 'the database is busy')),
    })
    await stage.expectError(stage.call(player, 'append_value', { key: 'a' }), { says: /database is busy/ })
    stage.expectExecutions('append_value', 'a', 1)
    expectInitializes(stage, 1)
  },
  control: true,
}

/** A server that is away, not ready, or breaks off. */
export const outages: readonly Scenario[] = [
  notReady,
  awayForInitialize,
  answeredItself,
  ...breaks.flatMap((each) => [writes(each), reads(each)]),
]
