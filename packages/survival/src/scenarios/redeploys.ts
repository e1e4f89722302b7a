import { specLossAnswer } from '../fault-server/loss-answer.js'
import { initializes } from '../fault-server/match.js'
import type { Exchange } from '../fault-server/exchange.js'
import type { Scenario } from './scenario.js'
import { expectInitializes } from './wire-facts.js'

/** Everything that came after the n-th initialize. */
function afterInitialize(wire: readonly Exchange[], which: number): readonly Exchange[] {
  const seq = wire.filter(initializes)[which - 1]?.seq ?? Infinity
  return wire.filter((exchange) => exchange.seq > seq)
}

function redirected(status: 307 | 308): Scenario {
  return {
    name: `redirect-${String(status)}`,
    title: `The endpoint has moved (${String(status)}, same origin): before and after a loss the client gets there`,
    promise: 'P2',
    needs: ['redirects'],
    async play(stage) {
      const player = await stage.connect({ path: `/moved-${String(status)}` })
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'before' }))
      stage.server.restart()
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'after' }))
      stage.expectExecutions('append_value', 'before', 1)
      stage.expectExecutions('append_value', 'after', 1)
      expectInitializes(stage, 2)
    },
  }
}

export const redeploys: readonly Scenario[] = [
  {
    name: 'stateless-after-redeploy',
    title: 'The new process makes no session ids: none is sent from then on',
    promise: 'P2',
    async play(stage) {
      const player = await stage.connect()
      stage.server.restart({ stateless: true })
      stage.server.script(({ sessionId }) => sessionId !== undefined, specLossAnswer, { times: Infinity })
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'b' }))
      stage.expectExecutions('append_value', 'a', 1)
      stage.expectExecutions('append_value', 'b', 1)
      expectInitializes(stage, 2)
      stage.expectWire('no session id after the redeploy', (wire) =>
        afterInitialize(wire, 2).every(({ sessionId }) => sessionId === undefined),
      )
    },
  },
  {
    name: 'another-known-version',
    title: 'The new process speaks another known protocol version: that one is named from then on',
    promise: 'P2',
    async play(stage) {
      const player = await stage.connect()
      stage.server.restart({ protocolVersion: '2025-06-18' })
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'b' }))
      expectInitializes(stage, 2)
      stage.expectWire('MCP-Protocol-Version names the version of the new process', (wire) => {
        const later = afterInitialize(wire, 2).filter(({ method }) => method === 'POST')
        return later.length > 0 && later.every(({ headers }) => headers['mcp-protocol-version'] === '2025-06-18')
      })
    },
  },
  redirected(307),
  redirected(308),
]
