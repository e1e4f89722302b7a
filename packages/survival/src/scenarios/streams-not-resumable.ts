import { json, text } from '../fault-server/answer.js'
import type { Answer, AnswerSource, SseStep } from '../fault-server/answer.js'
import { defaultLists } from '../fault-server/protocol.js'
import { calls, resumes } from '../fault-server/match.js'
import { failure } from '../wire/json-rpc.js'
import { sseMessage } from '../wire/sse.js'
import type { Scenario } from './scenario.js'
import { answerTo, learnHints, news, priming, stops, streamed } from './stream-parts.js'
import { count, expectCount, expectInitializes } from './wire-facts.js'

/** Ways in which an answer breaks off without anything to resume it by. */
const breaks: readonly (readonly [name: string, what: string, answer: Answer])[] = [
  ['stream-ends', 'a stream that ends before the answer', streamed(() => [sseMessage(news('one'))])],
  ['stream-reset', 'a stream that is reset before the answer', streamed(() => [sseMessage(news('one')), reset()])],
  ['stream-empty', 'a stream that ends without a single event', streamed(() => [])],
  [
    'stream-cut-within-the-answer',
    'a stream that is cut in the middle of the answer',
    streamed((asked) => [sseMessage(answerTo(asked)).slice(0, 60), reset()]),
  ],
  [
    'stream-cut-before-the-empty-line',
    'a stream that ends before the empty line that would complete the answer',
    streamed((asked) => [sseMessage(answerTo(asked)).slice(0, -1)]),
  ],
  [
    'json-cut',
    'a JSON answer that is cut in the middle of its body',
    { execute: true, then: (asked) => ({ reset: 'after-bytes', bytes: 60, of: json(200, answerTo(asked)) }) },
  ],
]

function reset(): SseStep {
  return stops.reset.steps[0]
}

function safe([name, what, answer]: (typeof breaks)[number]): Scenario {
  return {
    name: `${name}-safe`,
    title: `${upper(what)}, of tools hinted read-only or idempotent: they are called again`,
    promise: 'P3',
    async play(stage) {
      const player = await stage.connect()
      await learnHints(stage, player)
      stage.server.script(calls('read_value', 'a'), answer)
      await stage.expectAnswer(stage.call(player, 'read_value', { key: 'a' }))
      stage.server.script(calls('set_value', 'b'), answer)
      await stage.expectAnswer(stage.call(player, 'set_value', { key: 'b' }))
      stage.expectExecutions('set_value', 'b', 2)
      expectInitializes(stage, 1)
    },
  }
}

function unsafe([name, what, answer]: (typeof breaks)[number]): Scenario {
  return {
    name: `${name}-unsafe`,
    title: `${upper(what)}, of a tool without a hint: the caller is told to verify, and it is not run again`,
    promise: 'P3',
    async play(stage) {
      const player = await stage.connect()
      await learnHints(stage, player)
      stage.server.script(calls('append_value', 'a'), answer)
      await stage.expectOutcomeUnknown(stage.call(player, 'append_value', { key: 'a' }))
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'b' }))
      stage.expectExecutions('append_value', 'a', 1)
      stage.expectExecutions('append_value', 'b', 1)
      expectInitializes(stage, 1)
    },
  }
}

function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

const again: readonly (readonly [name: string, what: string, answer: AnswerSource])[] = [
  [
    '409',
    '409: the server has not noticed yet that the former stream is gone',
    json(409, failure(null, -32000, 'Conflict: Only one SSE stream is allowed per session')),
  ],
  ['503', '503 with Retry-After', { ...text(503, 'starting'), headers: { 'retry-after': '0' } }],
  ['502', '502 of a proxy', text(502, 'Bad Gateway')],
  ['reset', 'a reset of the connection', { reset: 'before-head' }],
]

/** The GET that resumes is refused at first. */
function refusedAtFirst([name, what, answer]: (typeof again)[number]): Scenario {
  return {
    name: `stream-resumption-${name}-first`,
    title: `The resumption of a stream is first answered with ${what}; it is tried again, and the answer comes`,
    promise: 'P3',
    async play(stage) {
      const player = await stage.connect()
      stage.server.script(resumes(), answer)
      stage.server.script(
        calls('append_value', 'a'),
        streamed((asked) => {
          stage.server.script(resumes(), { sse: [sseMessage(answerTo(asked), 'c1')] })
          return [priming('c0')]
        }),
      )
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
      stage.expectExecutions('append_value', 'a', 1)
      expectCount(stage, 'requests for the call', calls('append_value', 'a'), 1)
      expectInitializes(stage, 1)
    },
  }
}

const refusals: readonly (readonly [name: string, what: string, answer: AnswerSource])[] = [
  [
    '405',
    '405, although it gave event ids',
    json(405, failure(null, -32000, 'Method not allowed.'), { allow: 'POST' }),
  ],
  [
    '400',
    '400, because it has forgotten its events',
    json(400, failure(null, -32000, 'Bad Request: unknown event id')),
  ],
]

function neverResumed([name, what, answer]: (typeof refusals)[number], tool: 'set_value' | 'append_value'): Scenario {
  const isSafe = tool === 'set_value'
  return {
    name: `stream-resumption-${name}-${isSafe ? 'safe' : 'unsafe'}`,
    title: `The server refuses every resumption with ${what}: ${isSafe ? 'a tool hinted safe is called again' : 'the caller of a tool without a hint is told to verify'}`,
    promise: 'P3',
    async play(stage) {
      const player = await stage.connect()
      await learnHints(stage, player)
      stage.server.script(resumes(), answer, { times: Infinity })
      stage.server.script(
        calls(tool, 'a'),
        streamed(() => [priming('c0')]),
      )
      const call = stage.call(player, tool, { key: 'a' })
      if (isSafe) await stage.expectAnswer(call)
      else await stage.expectOutcomeUnknown(call)
      stage.expectExecutions(tool, 'a', isSafe ? 2 : 1)
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'b' }))
      expectInitializes(stage, 1)
    },
  }
}

export const streamsNotResumable: readonly Scenario[] = [
  ...breaks.flatMap((each) => [safe(each), unsafe(each)]),
  ...again.map(refusedAtFirst),
  ...refusals.flatMap((each) => [neverResumed(each, 'set_value'), neverResumed(each, 'append_value')]),
  {
    name: 'stream-resumption-barren',
    title: 'Every resumption ends at once and brings nothing: the call ends in time, with its outcome unknown',
    promise: 'P5',
    async play(stage) {
      const player = await stage.connect()
      stage.server.script(resumes(), { sse: [] }, { times: Infinity })
      stage.server.script(
        calls('append_value', 'a'),
        streamed(() => [priming('c0')]),
      )
      await stage.expectOutcomeUnknown(stage.call(player, 'append_value', { key: 'a' }))
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'b' }))
      stage.expectExecutions('append_value', 'a', 1)
      stage.expectWire('no storm of resumptions', (wire) => count(wire, resumes()) <= 40)
    },
  },
  {
    name: 'stream-cut-again-and-again',
    title: 'A read whose stream is cut every time: the call ends in time, after a bounded number of tries',
    promise: 'P5',
    async play(stage) {
      const player = await stage.connect()
      await learnHints(stage, player)
      stage.server.script(
        calls('read_value', 'a'),
        streamed(() => [reset()]),
        { times: Infinity },
      )
      await stage.expectError(stage.call(player, 'read_value', { key: 'a' }), {
        says: /outcome_unknown|server_unavailable/,
      })
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'b' }))
      stage.expectWire('at most 40 tries', (wire) => count(wire, calls('read_value', 'a')) <= 40)
    },
  },
  {
    name: 'hints-of-the-second-page',
    title: 'The hint of a tool that came with the second page of the list counts too',
    promise: 'P3',
    server: { pageSize: 3 },
    async play(stage) {
      const player = await stage.connect()
      await stage.expectAnswer(stage.act('page 1', player.client.listTools()))
      await stage.expectAnswer(stage.act('page 2', player.client.listTools('3')))
      stage.server.script(
        calls('whoami', 'a'),
        streamed(() => [reset()]),
      )
      await stage.expectAnswer(stage.call(player, 'whoami', { key: 'a' }))
      stage.server.script(
        calls('read_value', 'b'),
        streamed(() => [reset()]),
      )
      await stage.expectAnswer(stage.call(player, 'read_value', { key: 'b' }))
    },
  },
  {
    name: 'hints-withdrawn',
    title: 'A tool that was hinted idempotent and is no longer, by the newest list, is not called again',
    promise: 'P3',
    async play(stage) {
      const player = await stage.connect()
      await learnHints(stage, player)
      const tools = defaultLists.tools.map(({ annotations, ...tool }) => tool)
      stage.server.behave({ lists: { ...defaultLists, tools } })
      await learnHints(stage, player)
      stage.server.script(
        calls('set_value', 'a'),
        streamed(() => [reset()]),
      )
      await stage.expectOutcomeUnknown(stage.call(player, 'set_value', { key: 'a' }))
      stage.expectExecutions('set_value', 'a', 1)
    },
  },
]
