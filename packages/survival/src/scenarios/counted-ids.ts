import type { Scenario } from './scenario.js'
import { expectInitializes } from './wire-facts.js'

/** Servers that number their sessions give an id of one client to another after a restart. */
export const countedIds: readonly Scenario[] = [
  {
    name: 'counted-ids-opposite-order',
    title: 'Ids 1, 2, 3 …: after a restart the clients come back in the opposite order, and keep to their own sessions',
    promise: 'P6',
    needs: ['two-clients'],
    server: { ids: 'counted' },
    async play(stage) {
      const one = await stage.connect({ clientName: 'one' })
      const two = await stage.connect({ clientName: 'two' })
      for (const restart of [1, 2]) {
        stage.server.restart()
        for (const player of restart === 1 ? [two, one] : [one, two]) {
          await stage.expectAnswer(stage.call(player, 'whoami'))
          await stage.expectAnswer(stage.call(player, 'append_value', { key: `${player.name}${String(restart)}` }))
        }
        for (const player of [one, two]) await stage.expectAnswer(stage.call(player, 'whoami'))
      }
      expectInitializes(stage, 6)
    },
  },
  {
    name: 'counted-ids-newcomer',
    title: 'Ids 1, 2, 3 …: after a restart a new client is given the id that an older one still holds',
    promise: 'P6',
    needs: ['two-clients'],
    server: { ids: 'counted' },
    async play(stage) {
      const old = await stage.connect({ clientName: 'old' })
      await stage.expectAnswer(stage.call(old, 'whoami'))
      stage.server.restart()
      const newcomer = await stage.connect({ clientName: 'newcomer' })
      await stage.expectAnswer(stage.call(newcomer, 'whoami'))
      await stage.expectAnswer(stage.call(old, 'whoami'))
      await stage.expectAnswer(stage.call(newcomer, 'whoami'))
      await stage.expectAnswer(stage.call(old, 'append_value', { key: 'old' }))
      expectInitializes(stage, 3)
    },
  },
]
