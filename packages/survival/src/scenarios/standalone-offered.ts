import { json, text } from '../fault-server/answer.js'
import { all, posts, uses } from '../fault-server/match.js'
import type { Match } from '../fault-server/match.js'
import { failure } from '../wire/json-rpc.js'
import type { Scenario } from './scenario.js'
import { answered, count, expectInitializes, inLife } from './wire-facts.js'

/** Whether there is a standalone stream at all, and whether its absence says something about the session. */
export const standaloneOffered: readonly Scenario[] = [
  {
    name: 'standalone-404-of-a-live-session',
    title: 'An open stream comes back to a 404, but a ping says that the session lives: nothing is renewed',
    promise: 'P8',
    needs: ['listens'],
    async play(stage) {
      const player = await stage.connect()
      const refused: Match = all(uses('GET'), answered(404))
      stage.server.script(uses('GET'), text(404, '404 page not found\n'))
      stage.server.endStreams('end')
      await stage.see(refused)
      await stage.see(all(posts('ping'), answered(200)))
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
      stage.expectExecutions('append_value', 'a', 1)
      stage.expectWire('a ping on the same session asks whether it lives', (wire) =>
        wire.some((exchange) => posts('ping')(exchange) && exchange.sessionLabel === 'S1'),
      )
      expectInitializes(stage, 1)
    },
  },
  {
    name: 'standalone-405',
    title: 'A server without a standalone stream, before and after a loss: it is not asked again and again',
    promise: 'P8',
    needs: ['listens'],
    server: { standaloneStream: false },
    async play(stage) {
      const player = await stage.connect()
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
      stage.server.restart()
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'b' }))
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'c' }))
      stage.expectWire('at most two GETs in a session', (wire) => {
        const gets = wire.filter(uses('GET'))
        return ['S1', 'S2'].every((session) => count(gets, ({ sessionLabel }) => sessionLabel === session) <= 2)
      })
      expectInitializes(stage, 2)
    },
  },
  {
    name: 'standalone-404-is-none-offered',
    title: 'A server that says 404 for a stream it never offered, before and after a loss: one recovery, and no more',
    promise: 'P8',
    needs: ['listens'],
    async play(stage) {
      stage.server.script(uses('GET'), text(404, '404 page not found\n'), { times: Infinity })
      const player = await stage.connect()
      stage.server.restart()
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'b' }))
      stage.expectExecutions('append_value', 'a', 1)
      stage.expectExecutions('append_value', 'b', 1)
      expectInitializes(stage, 2)
    },
  },
  {
    name: 'standalone-withdrawn',
    title: 'The new process offers no stream any more: the session is renewed, and calls go on',
    promise: 'P8',
    needs: ['listens'],
    async play(stage) {
      const player = await stage.connect()
      stage.server.restart({
        streams: 'end',
        standaloneStream: false,
        lossAnswer: json(404, failure(null, -32001, 'Session not found')),
      })
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'b' }))
      stage.expectExecutions('append_value', 'a', 1)
      stage.expectWire('few GETs in the new session', (wire) => count(wire, all(uses('GET'), inLife(2))) <= 4)
      expectInitializes(stage, 2)
    },
  },
]
