import type { SseStep } from '../fault-server/answer.js'
import { calls, resumes } from '../fault-server/match.js'
import { sseMessage } from '../wire/sse.js'
import type { Scenario } from './scenario.js'
import { answerTo, news, newsIn, priming, scriptParts, stops } from './stream-parts.js'
import type { Part } from './stream-parts.js'
import { count, expectCount, expectInitializes } from './wire-facts.js'

const theCall = calls('append_value', 'a')

/** A call that may run only once is answered in parts: it must be resumed, and never sent again. */
function inParts(
  name: string,
  title: string,
  parts: readonly [Part, ...Part[]],
  more: Partial<Scenario> & { readonly resumedFrom?: string } = {},
): Scenario {
  const { resumedFrom, ...scenario } = more
  return {
    name,
    title,
    promise: 'P3',
    async play(stage) {
      const player = await stage.connect()
      scriptParts(stage, theCall, parts)
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'b' }))
      stage.expectExecutions('append_value', 'a', 1)
      stage.expectExecutions('append_value', 'b', 1)
      expectCount(stage, 'requests for the call', theCall, 1)
      stage.expectWire('the stream was resumed in its own session', (wire) => {
        const resumptions = wire.filter(resumes())
        return resumptions.some(resumes(resumedFrom)) && resumptions.every(({ sessionLabel }) => sessionLabel === 'S1')
      })
      expectInitializes(stage, 1)
    },
    ...scenario,
  }
}

const answer: Part = (asked) => [sseMessage(answerTo(asked), 'answer')]

function cut(how: keyof typeof stops): Scenario {
  const { what, steps } = stops[how]
  return inParts(
    `stream-${how}-resumed`,
    `The stream of a call ${what} before its answer, after events with ids: it is resumed after the last of them`,
    [() => [priming('c0'), sseMessage(news('one'), 'c1'), ...steps], answer],
    { resumedFrom: 'c1' },
  )
}

const half: readonly SseStep[] = ['event: message\nid: c2\ndata: {"jsonrpc":"2.0","method":"notifications/mes']

/** What is shown to the client of several parts: every message once, in order. */
function withNews(name: string, title: string, parts: readonly [Part, ...Part[]], shown: readonly string[]): Scenario {
  return {
    name,
    title,
    promise: 'P3',
    needs: ['hears'],
    async play(stage) {
      const player = await stage.connect()
      scriptParts(stage, theCall, parts)
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
      stage.expectExecutions('append_value', 'a', 1)
      expectCount(stage, 'requests for the call', theCall, 1)
      stage.expectHeard(player, `${shown.join(', ')}: each once, in order`, (heard) => {
        const got = newsIn(heard)
        return got.length === shown.length && got.every((data, index) => data === shown[index])
      })
    },
  }
}

/** A server that polls: it closes the stream again and again, and has the answer later. */
const poll = (number: number): Part => {
  return () => [priming(`c${String(number)}`, 50)]
}

const crlf = (text: string): string => text.replaceAll('\n', '\r\n')

export const streamsResumed: readonly Scenario[] = [
  cut('ends'),
  cut('reset'),
  inParts(
    'stream-cut-within-an-event-resumed',
    'The stream of a call is cut in the middle of an event: it is resumed after the last whole one',
    [() => [priming('c0'), sseMessage(news('one'), 'c1'), ...half, ...stops.reset.steps], answer],
    { resumedFrom: 'c1' },
  ),
  inParts(
    'stream-twice-resumed',
    'The resumed stream is cut too, after another event: it is resumed after that one',
    [() => [priming('c0'), ...stops.reset.steps], () => [sseMessage(news('two'), 'c5'), ...stops.reset.steps], answer],
    { resumedFrom: 'c5' },
  ),
  inParts(
    'stream-crlf-resumed',
    'The same with lines that end in CRLF, as some servers write them',
    [() => [crlf(priming('c0')), crlf(sseMessage(news('one'), 'c1')), ...stops.reset.steps], answer],
    { resumedFrom: 'c1' },
  ),
  withNews(
    'stream-resumed-without-repeats',
    'The server sends again what was delivered before the cut: the client is shown each message once',
    [
      () => [priming('c0'), sseMessage(news('one'), 'c1'), sseMessage(news('two'), 'c2'), ...stops.reset.steps],
      (asked) => [
        sseMessage(news('one'), 'c1'),
        sseMessage(news('two'), 'c2'),
        sseMessage(news('three'), 'c3'),
        sseMessage(answerTo(asked), 'c4'),
      ],
    ],
    ['one', 'two', 'three'],
  ),
  withNews(
    'stream-half-an-event-is-not-shown',
    'An event that was cut off and comes whole after the resumption is shown once',
    [
      () => [priming('c0'), sseMessage(news('one'), 'c1'), ...half, ...stops.reset.steps],
      (asked) => [sseMessage(news('two'), 'c2'), sseMessage(answerTo(asked), 'c3')],
    ],
    ['one', 'two'],
  ),
  inParts(
    'stream-polling-server',
    'A server that closes the stream after its first event, again and again: the answer comes with the fifth stream',
    [poll(0), poll(1), poll(2), poll(3), answer],
  ),
  inParts(
    'stream-polling-server-without-new-ids',
    'A polling server that has nothing to say, not even a new event id, before it has the answer',
    [() => [priming('c0', 50)], () => [], () => [], answer],
    { resumedFrom: 'c0' },
  ),
  {
    ...inParts(
      'stream-retry-honoured',
      'The server asks for some time before the stream is resumed: it is given that time',
      [() => [priming('c0', 700)], answer],
    ),
    async play(stage) {
      const player = await stage.connect()
      scriptParts(stage, theCall, [() => [priming('c0', 700)], answer])
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
      stage.expectExecutions('append_value', 'a', 1)
      stage.expectWire('the first resumption comes 0.6 s after the call, or later', (wire) => {
        const asked = wire.find(theCall)?.startedAtMs ?? 0
        const resumed = wire.find(resumes())?.startedAtMs
        return resumed !== undefined && resumed - asked >= 600
      })
    },
  },
  {
    name: 'stream-retry-of-an-hour',
    title: 'The server asks for an hour before the stream is resumed: the call ends in time all the same',
    promise: 'P5',
    async play(stage) {
      const player = await stage.connect()
      scriptParts(stage, theCall, [() => [priming('c0', 3_600_000)], answer])
      await stage.expectAnswerOrError(stage.call(player, 'append_value', { key: 'a' }), {
        code: -32011,
        dataCode: 'outcome_unknown',
      })
      stage.expectExecutions('append_value', 'a', 1)
      expectCount(stage, 'requests for the call', theCall, 1)
    },
  },
  {
    name: 'stream-resumed-in-a-later-epoch',
    title: 'After a recovery a stream is cut: it is resumed in the new session, after the server’s own event id',
    promise: 'P3',
    async play(stage) {
      const player = await stage.connect()
      stage.server.restart()
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'healed' }))
      scriptParts(stage, theCall, [() => [priming('c0'), sseMessage(news('one'), 'c1'), ...stops.reset.steps], answer])
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
      stage.expectExecutions('append_value', 'a', 1)
      expectCount(stage, 'requests for the call', theCall, 1)
      stage.expectWire('resumed after c1 in the second session', (wire) =>
        wire.some((exchange) => resumes('c1')(exchange) && exchange.sessionLabel === 'S2'),
      )
      stage.expectWire('no other event id was sent', (wire) => count(wire, resumes()) === count(wire, resumes('c1')))
      expectInitializes(stage, 2)
    },
  },
  {
    name: 'stream-error-answer',
    title: 'A resumable stream that brings an error: the caller gets it, and the call is not sent again',
    promise: 'P3',
    control: true,
    async play(stage) {
      const player = await stage.connect()
      scriptParts(stage, theCall, [
        ({ messages }) => [
          priming('c0'),
          sseMessage({ jsonrpc: '2.0', id: messages[0]?.id, error: { code: -32602, message: 'no such value' } }, 'c1'),
        ],
      ])
      await stage.expectError(stage.call(player, 'append_value', { key: 'a' }), { code: -32602, says: /no such value/ })
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'b' }))
      expectCount(stage, 'requests for the call', theCall, 1)
      expectInitializes(stage, 1)
    },
  },
  {
    name: 'stream-stays-open-after-its-answer',
    title: 'A server that leaves the stream open after the answer: the caller has it at once',
    promise: 'P10',
    control: true,
    async play(stage) {
      const player = await stage.connect()
      stage.server.script(theCall, {
        execute: true,
        then: (asked) => ({ sse: [priming('c0'), sseMessage(answerTo(asked), 'c1')], open: true }),
      })
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'b' }))
      stage.expectExecutions('append_value', 'a', 1)
    },
  },
]
