import { all, calls, initializes } from '../fault-server/match.js'
import { makeGate } from './gate.js'
import type { Scenario } from './scenario.js'
import { expectCount, expectInitializes, inLife } from './wire-facts.js'

const PARALLEL = 10

export const singleFlight: readonly Scenario[] = [
  {
    name: 'parallel-calls',
    title: 'Ten calls meet one loss: one initialize, ten right answers, nothing twice',
    promise: 'P6',
    async play(stage) {
      const player = await stage.connect()
      stage.server.restart()
      const all = Array.from({ length: PARALLEL }, (_, index) => {
        const key = `p${String(index)}`
        stage.expectExecutions('append_value', key, 1)
        return stage.call(player, 'append_value', { key })
      })
      await Promise.all(all.map((call) => stage.expectAnswer(call)))
      expectInitializes(stage, 2)
    },
  },
  {
    name: 'call-during-recovery',
    title: 'A call made while the recovery runs waits for it and is not sent under the dead id',
    promise: 'P6',
    async play(stage) {
      const player = await stage.connect()
      stage.server.restart()
      const gate = makeGate()
      stage.server.script(initializes, { gate: gate.opened, then: 'default' })
      const leader = stage.call(player, 'append_value', { key: 'leader' })
      if (!(await stage.see(all(initializes, inLife(2)), [leader]))) {
        await stage.expectAnswer(leader)
        return
      }
      const waiter = stage.call(player, 'append_value', { key: 'waiter' })
      await player.client.flushed()
      gate.open()
      await stage.expectAnswer(leader)
      await stage.expectAnswer(waiter)
      stage.expectExecutions('append_value', 'leader', 1)
      stage.expectExecutions('append_value', 'waiter', 1)
      expectCount(stage, 'requests for the call that waited', calls('append_value', 'waiter'), 1)
      expectInitializes(stage, 2)
    },
  },
  {
    name: 'late-404',
    title: 'A 404 of the old epoch that arrives after the recovery is replayed and starts nothing',
    promise: 'P6',
    async play(stage) {
      const player = await stage.connect()
      stage.server.restart()
      const gate = makeGate()
      stage.server.script(calls('append_value', 'late'), { gate: gate.opened, then: 'default' })
      const late = stage.call(player, 'append_value', { key: 'late' })
      await stage.see(calls('append_value', 'late'), [late])
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'first' }))
      gate.open()
      await stage.expectAnswer(late)
      stage.expectExecutions('append_value', 'first', 1)
      stage.expectExecutions('append_value', 'late', 1)
      expectInitializes(stage, 2)
    },
  },
  {
    name: 'stacked-instances',
    title: 'Two recovering instances on top of each other behave as one',
    promise: 'P10',
    needs: ['stacked'],
    async play(stage) {
      const player = await stage.connect({ stacked: true })
      for (const loss of [1, 2]) {
        stage.server.restart()
        const keys = ['a', 'b', 'c'].map((key) => `${key}${String(loss)}`)
        for (const key of keys) stage.expectExecutions('append_value', key, 1)
        const all = keys.map((key) => stage.expectAnswer(stage.call(player, 'append_value', { key })))
        await Promise.all(all)
      }
      expectInitializes(stage, 3)
    },
  },
]
