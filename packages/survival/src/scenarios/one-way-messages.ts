import { all, initialized, posts, responds } from '../fault-server/match.js'
import { request } from '../wire/json-rpc.js'
import type { Scenario } from './scenario.js'
import { answered, expectCount, expectInitializes } from './wire-facts.js'

const rootsChanged = 'notifications/roots/list_changed'

export const oneWayMessages: readonly Scenario[] = [
  {
    name: 'notification-refused',
    title: 'A notification meets the loss: it is delivered on the new session, once',
    promise: 'P2',
    needs: ['notify'],
    async play(stage) {
      const player = await stage.connect()
      stage.server.restart()
      const notified = stage.act('the notification', player.client.notify(rootsChanged))
      if (!(await stage.expectAnswer(notified))) return
      await stage.see(all(posts(rootsChanged), answered(202)))
      expectCount(stage, 'notifications taken', all(posts(rootsChanged), answered(202)), 1)
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
      stage.expectExecutions('append_value', 'a', 1)
      expectInitializes(stage, 2)
    },
  },
  {
    name: 'initialized-notification-refused',
    title: 'The client’s own notifications/initialized meets the loss: the handshake’s stands in for it',
    promise: 'P2',
    async play(stage) {
      stage.server.script(initialized, () => {
        stage.server.restart()
        return 'default'
      })
      const player = await stage.connect()
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
      stage.expectExecutions('append_value', 'a', 1)
      expectCount(stage, 'notifications/initialized refused', all(initialized, answered(404)), 1)
      expectCount(stage, 'notifications/initialized taken', all(initialized, answered(202)), 1)
      expectInitializes(stage, 2)
    },
  },
  {
    name: 'response-refused',
    title: 'A response to the server’s question meets the loss: the client sees success, and it is never sent again',
    promise: 'P9',
    needs: ['listens'],
    async play(stage) {
      const player = await stage.connect()
      stage.server.push(request(0, 'ping'))
      stage.server.restart()
      await stage.see(responds)
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
      stage.expectExecutions('append_value', 'a', 1)
      expectCount(stage, 'responses sent', responds, 1)
      expectInitializes(stage, 2)
    },
  },
]
