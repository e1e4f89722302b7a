import type { Exchange } from '../fault-server/exchange.js'
import { calls, initialized, initializes, posts } from '../fault-server/match.js'
import { at, isObject, sameJson } from '../wire/json.js'
import { request, result } from '../wire/json-rpc.js'
import { toolResult } from '../fault-server/tools.js'
import type { Scenario } from './scenario.js'
import { count, expectInitializes, inLife } from './wire-facts.js'

const token = 'Bearer survival-token-0123456789'
const own = { 'x-tenant': 'acme', authorization: token }
const negotiated = '2025-06-18'

function postsOfLife(wire: readonly Exchange[], life: number): readonly Exchange[] {
  return wire.filter(inLife(life)).filter(({ method }) => method === 'POST')
}

function carries(exchange: Exchange | undefined, headers: Readonly<Record<string, string>>): boolean {
  return Object.entries(headers).every(([name, value]) => exchange?.headers[name] === value)
}

/** The first initialize's params, asking for the version that was negotiated. */
function repeatedParams(wire: readonly Exchange[]): unknown {
  const params = at(wire.find(initializes)?.messages[0], 'params')
  return isObject(params) ? { ...params, protocolVersion: negotiated } : undefined
}

const contract: readonly (readonly [description: string, holds: (wire: readonly Exchange[]) => boolean])[] = [
  [
    'four requests: the refused one, initialize, notifications/initialized, the replay',
    (wire) => {
      const [refused, init, done, replay, ...more] = postsOfLife(wire, 2)
      if (!refused || !init || !done || !replay || more.length > 0) return false
      const inOrder = calls()(refused) && initializes(init) && initialized(done) && calls()(replay)
      return inOrder && refused.status === 404 && replay.status === 200
    },
  ],
  ['initialize carries no session id', (wire) => postsOfLife(wire, 2)[1]?.sessionId === undefined],
  [
    'initialize repeats clientInfo and capabilities, and asks for the version negotiated before',
    (wire) => sameJson(at(postsOfLife(wire, 2)[1]?.messages[0], 'params'), repeatedParams(wire)),
  ],
  [
    'the caller’s headers are on every request',
    (wire) => postsOfLife(wire, 2).every((exchange) => carries(exchange, own)),
  ],
  [
    'notifications/initialized is sent on the new id and answered before anything else is sent on it',
    (wire) => {
      const [, init, done] = postsOfLife(wire, 2)
      const id = init?.answeredSessionId
      const doneAt = done?.answeredSeq
      if (id === undefined || doneAt === undefined || done?.sessionId !== id) return false
      return wire.every((exchange) => exchange === done || exchange.sessionId !== id || exchange.seq > doneAt)
    },
  ],
  [
    'the replay is the refused body, byte for byte, on the new id',
    (wire) => {
      const [refused, init, , replay] = postsOfLife(wire, 2)
      return replay !== undefined && replay.body === refused?.body && replay.sessionId === init?.answeredSessionId
    },
  ],
]

export const wireContract: readonly Scenario[] = [
  {
    name: 'wire-contract',
    title: 'A recovery, exchange by exchange',
    promise: 'P2',
    needs: ['headers'],
    server: { protocolVersion: negotiated },
    async play(stage) {
      stage.keepSecret(token)
      const player = await stage.connect({ clientName: 'contract', headers: own })
      await stage.expectAnswer(stage.call(player, 'read_value'))
      stage.server.restart()
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
      stage.expectExecutions('append_value', 'a', 1)
      for (const [description, holds] of contract) stage.expectWire(description, holds)
    },
  },
  {
    name: 'healthy',
    title: 'Nothing is lost: no request is added and none is changed',
    promise: 'P10',
    control: true,
    async play(stage) {
      const player = await stage.connect()
      const all = ['a', 'b', 'c'].map((key) => stage.expectAnswer(stage.call(player, 'append_value', { key })))
      await Promise.all(all)
      await stage.expectAnswer(stage.call(player, 'read_value'))
      for (const key of ['a', 'b', 'c']) stage.expectExecutions('append_value', key, 1)
      expectInitializes(stage, 1)
      stage.expectWire('one notifications/initialized, four calls, no ping', (wire) => {
        return count(wire, initialized) === 1 && count(wire, calls()) === 4 && count(wire, posts('ping')) === 0
      })
    },
  },
  {
    name: 'batch-refused',
    title: 'A JSON-RPC batch meets the loss: it is replayed whole',
    promise: 'P2',
    needs: ['raw-messages'],
    server: { protocolVersion: '2025-03-26' },
    async play(stage) {
      const { name, client } = await stage.connect()
      stage.server.restart()
      const members = ['a', 'b'].map((key) => ({ id: `batch-${key}`, args: { key } }))
      const batch = members.map(({ id, args }) => request(id, 'tools/call', { name: 'append_value', arguments: args }))
      const messages = members.map(({ id, args }) => result(id, toolResult('append_value', args, name)))
      const posted = client.post?.(JSON.stringify(batch)) ?? Promise.reject(new Error('no raw messages'))
      await stage.expectAnswer(stage.act('the batch', posted, { status: 200, messages }))
      stage.expectExecutions('append_value', 'a', 1)
      stage.expectExecutions('append_value', 'b', 1)
      expectInitializes(stage, 2)
    },
  },
]
