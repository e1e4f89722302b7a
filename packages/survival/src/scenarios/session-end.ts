import { all, uses } from '../fault-server/match.js'
import type { Scenario } from './scenario.js'
import { answered, expectCount, expectInitializes } from './wire-facts.js'

export const sessionEnd: readonly Scenario[] = [
  {
    name: 'delete-under-the-current-id',
    title: 'After a recovery the session is ended with DELETE under the id the server knows',
    promise: 'P9',
    async play(stage) {
      const player = await stage.connect()
      stage.server.restart()
      await stage.expectAnswer(stage.call(player, 'read_value'))
      await stage.expectAnswer(stage.act('close', player.client.close()))
      expectCount(stage, 'DELETE of a known session', all(uses('DELETE'), answered(200)), 1)
      expectInitializes(stage, 2)
    },
  },
  {
    name: 'delete-of-a-lost-session',
    title: 'A DELETE answered 404 has done its work: success for the client, and nothing is recovered',
    promise: 'P9',
    async play(stage) {
      const player = await stage.connect()
      await stage.expectAnswer(stage.call(player, 'read_value'))
      stage.server.restart()
      await stage.expectAnswer(stage.act('close', player.client.close()))
      expectInitializes(stage, 1)
    },
  },
]
