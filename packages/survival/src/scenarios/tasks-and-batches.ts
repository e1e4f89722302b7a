import { json, text } from '../fault-server/answer.js'
import type { Answer, AnswerSource } from '../fault-server/answer.js'
import { posts } from '../fault-server/match.js'
import { toolResult } from '../fault-server/tools.js'
import type { Player, Stage } from '../runner/stage.js'
import { failure, request, requestId, result } from '../wire/json-rpc.js'
import { learnHints } from './stream-parts.js'
import type { Scenario } from './scenario.js'
import { expectCount, expectInitializes } from './wire-facts.js'

const working = { taskId: 't-1', status: 'working', createdAt: '2026-01-01T00:00:00Z', ttl: null }
const params = { taskId: 't-1' }

/** The fault server keeps no tasks: each method is scripted. */
const known: AnswerSource = ({ messages }) => json(200, result(requestId(messages), working))

const brokenOff: Answer = text(502, 'Bad Gateway')

function repeated(method: 'tasks/get' | 'tasks/list' | 'tasks/result'): Scenario {
  return {
    name: `${method.replace('/', '-')}-broken-off`,
    title: `${method} is broken off by a proxy: it reads, so it is asked again`,
    promise: 'P3',
    needs: ['request'],
    async play(stage) {
      const { client } = await stage.connect()
      stage.server.script(posts(method), brokenOff)
      stage.server.script(posts(method), known)
      await stage.expectAnswer(stage.act(method, client.request(method, params), working))
      expectCount(stage, method, posts(method), 2)
      expectInitializes(stage, 1)
    },
  }
}

/** The members of a batch, as requests and as the answers they must get. */
function batchOf(tool: string, keys: readonly string[], name: string) {
  const members = keys.map((key) => ({ id: `batch-${key}`, args: { key } }))
  return {
    body: JSON.stringify(members.map(({ id, args }) => request(id, 'tools/call', { name: tool, arguments: args }))),
    answers: members.map(({ id, args }) => result(id, toolResult(tool, args, name))),
  }
}

function post(stage: Stage, { client }: Player, body: string, rightAnswer: unknown) {
  const posted = client.post?.(body) ?? Promise.reject(new Error('no raw messages'))
  return stage.act('the batch', posted, rightAnswer)
}

const isBatch = ({ batch }: { readonly batch: boolean }): boolean => batch

export const tasksAndBatches: readonly Scenario[] = [
  repeated('tasks/get'),
  repeated('tasks/list'),
  repeated('tasks/result'),
  {
    name: 'tasks-cancel-broken-off',
    title: 'tasks/cancel is broken off by a proxy: it does something, so its outcome is unknown',
    promise: 'P3',
    needs: ['request'],
    async play(stage) {
      const { client } = await stage.connect()
      stage.server.script(posts('tasks/cancel'), brokenOff)
      await stage.expectError(stage.act('tasks/cancel', client.request('tasks/cancel', params)), {
        code: -32011,
        dataCode: 'outcome_unknown',
        says: /tasks\/cancel/,
      })
      expectCount(stage, 'tasks/cancel', posts('tasks/cancel'), 1)
      expectInitializes(stage, 1)
    },
  },
  {
    name: 'tasks-get-of-a-lost-session',
    title: 'tasks/get meets the loss, and the new process knows no such task: the caller hears that, not of the loss',
    promise: 'P2',
    needs: ['request'],
    async play(stage) {
      const { client } = await stage.connect()
      stage.server.restart()
      stage.server.script(
        ({ sessionLabel, messages }) => sessionLabel === 'S2' && messages[0]?.method === 'tasks/get',
        ({ messages }) => json(200, failure(requestId(messages), -32602, 'Task not found: t-1')),
      )
      await stage.expectError(stage.act('tasks/get', client.request('tasks/get', params)), {
        code: -32602,
        says: /Task not found/,
      })
      expectInitializes(stage, 2)
    },
  },
  {
    name: 'batch-broken-off-safe',
    title: 'A batch of calls of tools hinted idempotent is broken off: it is sent again, whole',
    promise: 'P3',
    needs: ['raw-messages'],
    server: { protocolVersion: '2025-03-26' },
    async play(stage) {
      const player = await stage.connect()
      await learnHints(stage, player)
      const { body, answers } = batchOf('set_value', ['a', 'b'], player.name)
      stage.server.script(isBatch, { execute: true, then: { reset: 'before-head' } })
      await stage.expectAnswer(post(stage, player, body, { status: 200, messages: answers }))
      stage.expectExecutions('set_value', 'a', 2)
      stage.expectExecutions('set_value', 'b', 2)
      expectInitializes(stage, 1)
    },
  },
  {
    name: 'batch-broken-off-unsafe',
    title: 'A batch with one call of a tool without a hint is broken off: nothing of it is sent again',
    promise: 'P3',
    needs: ['raw-messages'],
    server: { protocolVersion: '2025-03-26' },
    async play(stage) {
      const player = await stage.connect()
      await learnHints(stage, player)
      const { body } = batchOf('append_value', ['a', 'b'], player.name)
      stage.server.script(isBatch, { execute: true, then: { reset: 'before-head' } })
      // The batch is told by HTTP or by JSON-RPC errors on its ids; what counts is that nothing is run twice.
      const posted = player.client.post?.(body) ?? Promise.reject(new Error('no raw messages'))
      const told = posted.then(
        ({ messages }) => messages.length === 2 && messages.every(({ error }) => error !== undefined),
      )
      await stage.expectAnswer(stage.act('an error for each member', told, true))
      stage.expectExecutions('append_value', 'a', 1)
      stage.expectExecutions('append_value', 'b', 1)
      expectCount(stage, 'batches', isBatch, 1)
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'c' }))
      expectInitializes(stage, 1)
    },
  },
]
