import { json } from '../fault-server/answer.js'
import { all, calls, posts } from '../fault-server/match.js'
import type { Match } from '../fault-server/match.js'
import type { Exchange } from '../fault-server/exchange.js'
import type { Call } from '../runner/call.js'
import type { Player, Stage } from '../runner/stage.js'
import type { JsonObject } from '../wire/json.js'
import { at, sameJson } from '../wire/json.js'
import { failure, requestId } from '../wire/json-rpc.js'
import type { Scenario } from './scenario.js'
import { answered, expectCount, expectInitializes, inLife } from './wire-facts.js'

const setLevel = posts('logging/setLevel')
const subscribe = posts('resources/subscribe')
const restored: Match = (exchange) => setLevel(exchange) || subscribe(exchange)

async function ask(stage: Stage, { client }: Player, method: string, params: JsonObject): Promise<boolean> {
  return stage.expectAnswer(stage.act(method, client.request(method, params)))
}

function paramsOf(wire: readonly Exchange[], matches: Match): readonly unknown[] {
  return wire.filter(matches).map(({ messages }) => at(messages[0], 'params'))
}

/** In this life of the server these params, and no others, were sent; each on its session, before the replayed call. */
function expectRestored(stage: Stage, life: number, what: Match, params: readonly JsonObject[]): void {
  stage.expectWire(`restored in life ${String(life)}: ${JSON.stringify(params)}, before the replay`, (wire) => {
    const own = wire.filter(inLife(life))
    const replay = own.find(all(calls(), answered(200)))
    const said = own.filter(what).filter(({ status }) => status === 200)
    const session = `S${String(life)}`
    return (
      sameJson(paramsOf(said, what), params) &&
      said.every(({ sessionLabel, answeredSeq = Infinity }) => {
        return sessionLabel === session && answeredSeq < (replay?.seq ?? 0)
      })
    )
  })
}

const level = (name: string): JsonObject => ({ level: name })
const uri = (name: string): JsonObject => ({ uri: `value://${name}` })

function transcriptScenario(
  name: string,
  title: string,
  prepare: (stage: Stage, player: Player) => Promise<unknown>,
  then: (stage: Stage, player: Player, call: () => Call) => Promise<unknown>,
): Scenario {
  return {
    name,
    title,
    promise: 'P8',
    needs: ['request'],
    async play(stage) {
      const player = await stage.connect()
      await prepare(stage, player)
      stage.server.restart()
      await then(stage, player, () => stage.call(player, 'append_value', { key: 'a' }))
      stage.expectExecutions('append_value', 'a', 1)
    },
  }
}

export const transcript: readonly Scenario[] = [
  transcriptScenario(
    'log-level-restored',
    'The log level, as it was last set, is set again before the call is replayed',
    async (stage, player) => {
      await ask(stage, player, 'logging/setLevel', level('debug'))
      await ask(stage, player, 'logging/setLevel', level('warning'))
    },
    async (stage, _player, call) => {
      await stage.expectAnswer(call())
      expectRestored(stage, 2, setLevel, [level('warning')])
      expectInitializes(stage, 2)
    },
  ),
  transcriptScenario(
    'log-level-refused-before',
    'A log level that the server has refused is not set again; the one before it is',
    async (stage, player) => {
      await ask(stage, player, 'logging/setLevel', level('error'))
      stage.server.script(setLevel, ({ messages }) => json(200, failure(requestId(messages), -32602, 'Invalid level')))
      await stage.expectError(
        stage.act('a level that does not exist', player.client.request('logging/setLevel', level('loud'))),
      )
    },
    async (stage, _player, call) => {
      await stage.expectAnswer(call())
      expectRestored(stage, 2, setLevel, [level('error')])
    },
  ),
  transcriptScenario(
    'subscriptions-restored',
    'What the client has subscribed to is subscribed to again before the call is replayed, and nothing else is',
    async (stage, player) => {
      for (const name of ['a', 'b', 'c']) await ask(stage, player, 'resources/subscribe', uri(name))
      await ask(stage, player, 'resources/unsubscribe', uri('b'))
      await ask(stage, player, 'resources/subscribe', uri('c'))
    },
    async (stage, _player, call) => {
      await stage.expectAnswer(call())
      stage.expectWire('a and c, each once, before the replay', (wire) => {
        const own = wire.filter(inLife(2))
        const replay = own.find(all(calls(), answered(200)))
        const said = own.filter(all(subscribe, answered(200)))
        const uris = said.map(({ messages }) => String(at(messages[0], 'params', 'uri'))).sort()
        return (
          uris.join() === 'value://a,value://c' &&
          said.every(({ answeredSeq = Infinity }) => answeredSeq < (replay?.seq ?? 0))
        )
      })
      expectInitializes(stage, 2)
    },
  ),
  transcriptScenario(
    'subscription-refused-now',
    'The new process refuses one of the subscriptions: the other is restored, and the call is answered',
    async (stage, player) => {
      for (const name of ['gone', 'kept']) await ask(stage, player, 'resources/subscribe', uri(name))
    },
    async (stage, _player, call) => {
      stage.server.script(
        all(subscribe, inLife(2), ({ body }) => body.includes('value://gone'), answeredOn('S2')),
        ({ messages }) => json(200, failure(requestId(messages), -32002, 'Resource not found')),
        { times: Infinity },
      )
      await stage.expectAnswer(call())
      stage.expectWire('the other one is subscribed to', (wire) =>
        wire.some(
          (exchange) => all(subscribe, inLife(2), answered(200))(exchange) && exchange.body.includes('value://kept'),
        ),
      )
      expectInitializes(stage, 2)
    },
  ),
  transcriptScenario(
    'log-level-refused-now',
    'The new process has no log levels any more: the call is answered all the same',
    (stage, player) => ask(stage, player, 'logging/setLevel', level('warning')),
    async (stage, _player, call) => {
      stage.server.script(
        all(setLevel, inLife(2)),
        ({ messages }) => json(200, failure(requestId(messages), -32601, 'Method not found')),
        { times: Infinity },
      )
      await stage.expectAnswer(call())
      expectInitializes(stage, 2)
    },
  ),
  transcriptScenario(
    'transcript-over-many-losses',
    'Level and subscriptions come back after each of three losses, with what was changed in between',
    async (stage, player) => {
      await ask(stage, player, 'logging/setLevel', level('warning'))
      await ask(stage, player, 'resources/subscribe', uri('a'))
    },
    async (stage, player, call) => {
      await stage.expectAnswer(call())
      await ask(stage, player, 'logging/setLevel', level('error'))
      stage.server.restart()
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'b' }))
      await ask(stage, player, 'resources/unsubscribe', uri('a'))
      stage.server.restart()
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'c' }))
      expectRestored(stage, 3, all(setLevel), [level('error')])
      expectRestored(stage, 3, subscribe, [uri('a')])
      expectRestored(stage, 4, setLevel, [level('error')])
      expectRestored(stage, 4, subscribe, [])
      expectInitializes(stage, 4)
    },
  ),
  transcriptScenario(
    'nothing-to-restore',
    'A client that set no level and subscribed to nothing: nothing is said to the new session but the handshake',
    () => Promise.resolve(),
    async (stage, _player, call) => {
      await stage.expectAnswer(call())
      expectCount(stage, 'levels and subscriptions', restored, 0)
      expectInitializes(stage, 2)
    },
  ),
  transcriptScenario(
    'log-level-is-the-request-that-met-the-loss',
    'The loss is met by logging/setLevel itself: the new level holds, the old one does not come back over it',
    (stage, player) => ask(stage, player, 'logging/setLevel', level('debug')),
    async (stage, player, call) => {
      await ask(stage, player, 'logging/setLevel', level('error'))
      await stage.expectAnswer(call())
      stage.expectWire('error is the last level that the new process is told', (wire) =>
        sameJson(paramsOf(wire.filter(all(inLife(2), answered(200))), setLevel).at(-1), level('error')),
      )
      expectInitializes(stage, 2)
    },
  ),
]

function answeredOn(session: string): Match {
  return ({ sessionLabel }) => sessionLabel === session
}
