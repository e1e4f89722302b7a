import { all, initializes } from '../fault-server/match.js'
import type { Call } from '../runner/call.js'
import type { Player, Stage } from '../runner/stage.js'
import { notification, request } from '../wire/json-rpc.js'
import { makeGate } from './gate.js'
import type { Scenario } from './scenario.js'
import { expectInitializes, inLife } from './wire-facts.js'

/** Two calls wait for a recovery that is held; then `giveUp`; then the recovery goes on. */
async function duringRecovery(
  stage: Stage,
  player: Player,
  start: { readonly first: () => Call; readonly second: () => Call },
  giveUp: () => Promise<void>,
): Promise<{ readonly first: Call; readonly second: Call } | undefined> {
  stage.server.restart()
  const gate = makeGate()
  stage.server.script(initializes, { gate: gate.opened, then: 'default' })
  const first = start.first()
  if (!(await stage.see(all(initializes, inLife(2)), [first]))) {
    await stage.expectAnswer(first)
    return undefined
  }
  const second = start.second()
  await player.client.flushed()
  await giveUp()
  await player.client.flushed()
  gate.open()
  return { first, second }
}

function givenUp(which: 'first' | 'second'): Scenario['play'] {
  return async (stage) => {
    const player = await stage.connect()
    const caller = new AbortController()
    const make = (name: 'first' | 'second') => () =>
      stage.call(player, 'append_value', { key: name, ...(name === which ? { signal: caller.signal } : {}) })
    const calls = await duringRecovery(stage, player, { first: make('first'), second: make('second') }, () => {
      caller.abort(new Error('the caller gave up'))
      return Promise.resolve()
    })
    if (!calls) return
    const other = which === 'first' ? 'second' : 'first'
    await stage.expectGivenUp(calls[which])
    await stage.expectAnswer(calls[other])
    await stage.expectAnswer(stage.call(player, 'append_value', { key: 'after' }))
    stage.expectExecutions('append_value', which, 0)
    stage.expectExecutions('append_value', other, 1)
    expectInitializes(stage, 2)
  }
}

export const cancellation: readonly Scenario[] = [
  {
    name: 'cancelled-while-recovering',
    title: 'The call that met the loss is cancelled during the recovery: it is not replayed, the other one is answered',
    promise: 'P9',
    play: givenUp('first'),
  },
  {
    name: 'aborted-waiter',
    title: 'A call that waits for another’s recovery is cancelled: the recovery goes on for the other',
    promise: 'P9',
    play: givenUp('second'),
  },
  {
    name: 'cancelled-by-notification',
    title: 'notifications/cancelled alone, without an abort, keeps a call from being replayed',
    promise: 'P9',
    needs: ['raw-messages'],
    async play(stage) {
      const player = await stage.connect()
      const { client } = player
      const post = (body: unknown) =>
        client.post?.(JSON.stringify(body)) ?? Promise.reject(new Error('no raw messages'))
      const params = { name: 'append_value', arguments: { key: 'cancelled' } }
      const calls = await duringRecovery(
        stage,
        player,
        {
          first: () => stage.call(player, 'append_value', { key: 'leader' }),
          second: () => stage.act('the cancelled call', post(request('c-1', 'tools/call', params))),
        },
        async () => {
          const cancelled = stage.act(
            'the cancellation',
            post(notification('notifications/cancelled', { requestId: 'c-1' })),
          )
          // It may be answered at once or after the recovery, but it has left the client now.
          void cancelled.settled
          await client.flushed()
        },
      )
      if (!calls) return
      await stage.expectAnswer(calls.first)
      await stage.expectGivenUp(calls.second)
      stage.expectExecutions('append_value', 'leader', 1)
      stage.expectExecutions('append_value', 'cancelled', 0)
      expectInitializes(stage, 2)
    },
  },
]
