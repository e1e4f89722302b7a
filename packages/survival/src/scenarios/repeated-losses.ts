import type { Scenario } from './scenario.js'
import { lossScenario } from './loss-scenario.js'
import { specLossAnswer } from '../fault-server/loss-answer.js'
import { expectInitializes } from './wire-facts.js'

function inARow(losses: number): Scenario['play'] {
  return async (stage) => {
    const player = await stage.connect()
    for (let loss = 1; loss <= losses; loss++) {
      stage.server.restart()
      const key = `loss-${String(loss)}`
      stage.expectExecutions('append_value', key, 1)
      if (!(await stage.expectAnswer(stage.call(player, 'append_value', { key })))) return
    }
    expectInitializes(stage, losses + 1)
  }
}

export const repeatedLosses: readonly Scenario[] = [
  { name: 'two-losses', title: 'Two losses in a row are two recoveries', promise: 'P5', play: inARow(2) },
  { name: 'twenty-losses', title: 'Twenty losses in a row are twenty recoveries', promise: 'P5', play: inARow(20) },
  {
    name: 'streams-cut-by-the-restart',
    title: 'The restart cuts the standalone stream too',
    promise: 'P2',
    needs: ['listens'],
    async play(stage) {
      const player = await stage.connect()
      stage.server.restart({ streams: 'cut' })
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
      stage.expectExecutions('append_value', 'a', 1)
    },
  },
  lossScenario({
    name: 'initialize-over-sse',
    title: 'The server answers initialize with an event stream',
    answer: specLossAnswer,
    server: { initializeAs: 'sse' },
  }),
  lossScenario({
    name: 'calls-over-sse',
    title: 'The server answers every request with an event stream',
    answer: specLossAnswer,
    server: { initializeAs: 'sse', requestsAs: 'sse' },
  }),
]
