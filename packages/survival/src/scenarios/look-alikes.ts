import { json, text } from '../fault-server/answer.js'
import type { AnswerSource } from '../fault-server/answer.js'
import { specLossAnswer } from '../fault-server/loss-answer.js'
import { calls, uses } from '../fault-server/match.js'
import { failure, requestId } from '../wire/json-rpc.js'
import type { Scenario } from './scenario.js'
import { expectInitializes } from './wire-facts.js'

/** One call is answered with an error that is no loss: the caller gets it, and the session goes on. */
function ordinaryError(name: string, title: string, answer: AnswerSource, says: RegExp): Scenario {
  return {
    name,
    title,
    promise: 'P2',
    control: true,
    async play(stage) {
      const player = await stage.connect()
      stage.server.script(calls('append_value', 'a'), answer)
      await stage.expectError(stage.call(player, 'append_value', { key: 'a' }), { says })
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'b' }))
      stage.expectExecutions('append_value', 'a', 0)
      stage.expectExecutions('append_value', 'b', 1)
      expectInitializes(stage, 1)
    },
  }
}

const browserSession = 'browser session not found, call start_session first'

export const lookAlikes: readonly Scenario[] = [
  ordinaryError(
    'look-alike-400-own-id',
    'A 400 with the request’s own id whose text looks like a loss',
    ({ messages }) => json(400, failure(requestId(messages), -32000, browserSession)),
    /browser session not found/,
  ),
  ordinaryError(
    'look-alike-404-method-not-found',
    'A 404 with -32601 and the request’s own id: the method is not there',
    ({ messages }) => json(404, failure(requestId(messages), -32601, 'Method not found')),
    /method not found/i,
  ),
  ordinaryError(
    'look-alike-401',
    'A 401 to a call: the client’s own sign-in, and no loss',
    { status: 401, headers: { 'www-authenticate': 'Bearer' }, body: 'Unauthorized' },
    /\b401\b|unauthori[sz]ed|sign[- ]?in/i,
  ),
  {
    name: 'look-alike-tool-error',
    title: 'A tool’s own error that speaks of a session is delivered unchanged',
    promise: 'P2',
    control: true,
    async play(stage) {
      const player = await stage.connect()
      await stage.expectAnswer(stage.call(player, 'fail_with', { key: 'a', args: { text: browserSession } }))
      await stage.expectAnswer(stage.call(player, 'fail_with', { key: 'b', args: { text: 'Session not found' } }))
      stage.expectExecutions('fail_with', 'a', 1)
      stage.expectExecutions('fail_with', 'b', 1)
      expectInitializes(stage, 1)
    },
  },
  {
    name: 'no-session-id',
    title: 'A 404 from a server that never made a session id is no loss',
    promise: 'P10',
    control: true,
    server: { stateless: true },
    async play(stage) {
      const player = await stage.connect()
      stage.server.script(calls('append_value', 'a'), specLossAnswer)
      await stage.expectError(stage.call(player, 'append_value', { key: 'a' }))
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'b' }))
      stage.expectExecutions('append_value', 'b', 1)
      expectInitializes(stage, 1)
    },
  },
  {
    name: 'not-the-protocol',
    title:
      'A 404 to a request that is not the protocol’s own (sign-in discovery) passes, even while the session is lost',
    promise: 'P10',
    control: true,
    needs: ['fetch'],
    async play(stage) {
      const { client } = await stage.connect()
      stage.server.restart()
      const url = stage.server.urlOf('/.well-known/oauth-protected-resource/mcp')
      const discovery = client.fetch?.(url, { headers: { 'mcp-protocol-version': '2025-11-25' } })
      const status = discovery?.then((response) => response.status) ?? Promise.reject(new Error('no fetch'))
      await stage.expectAnswer(stage.act('the discovery', status, 404))
      expectInitializes(stage, 1)
    },
  },
  {
    name: 'get-404-on-a-live-session',
    title: 'A server without a standalone stream answers GET with 404: the session is alive, and stays',
    promise: 'P10',
    needs: ['listens'],
    control: true,
    async play(stage) {
      stage.server.script(uses('GET'), text(404, '404 page not found\n'), { times: Infinity })
      const player = await stage.connect()
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'b' }))
      expectInitializes(stage, 1)
    },
  },
]
