import type { SseStep } from '../fault-server/answer.js'
import { calls, resumes, responds } from '../fault-server/match.js'
import type { Player, Stage } from '../runner/stage.js'
import { at } from '../wire/json.js'
import { notification, request } from '../wire/json-rpc.js'
import { sseMessage } from '../wire/sse.js'
import { makeGate } from './gate.js'
import type { Scenario } from './scenario.js'
import { answerTo, heldCall, learnHints, news, priming, scriptParts, stops, streamed } from './stream-parts.js'
import { expectCount, expectInitializes } from './wire-facts.js'

const question = sseMessage(
  request(0, 'elicitation/create', { message: 'Really?', requestedSchema: { type: 'object', properties: {} } }),
)
const accept = { action: 'accept', content: {} }

/** The tool is hinted safe, but it has asked the user something: asking twice is not safe. */
function asked(name: string, title: string, afterQuestion: (stage: Stage) => readonly SseStep[]): Scenario {
  return {
    name,
    title,
    promise: 'P3',
    needs: ['elicits'],
    async play(stage) {
      let times = 0
      const player = await stage.connect({
        handlers: {
          'elicitation/create': () => {
            times++
            return accept
          },
        },
      })
      await learnHints(stage, player)
      stage.server.script(
        calls('set_value', 'a'),
        streamed(() => [question, ...afterQuestion(stage)]),
      )
      await stage.expectOutcomeUnknown(stage.call(player, 'set_value', { key: 'a' }))
      await stage.expectAnswer(stage.act('the times the user was asked', Promise.resolve(times), 1))
      stage.expectExecutions('set_value', 'a', 1)
      expectInitializes(stage, 1)
    },
  }
}

/** Two more reads that break off as the first did: when they have their answers, so would it. */
async function asLong(stage: Stage, player: Player): Promise<void> {
  for (const key of ['resumed', 'repeated']) {
    if (key === 'resumed') {
      scriptParts(stage, calls('read_value', key), [
        () => [priming('r0', 20)],
        (exchange) => [sseMessage(answerTo(exchange), 'r1')],
      ])
    } else {
      stage.server.script(
        calls('read_value', key),
        streamed(() => stops.ends.steps),
      )
    }
    await stage.expectAnswer(stage.call(player, 'read_value', { key }))
  }
}

function cancelled(name: string, title: string, tool: 'set_value' | 'append_value', first: string): Scenario {
  return {
    name,
    title,
    promise: 'P9',
    async play(stage) {
      const player = await stage.connect()
      await learnHints(stage, player)
      const caller = new AbortController()
      const gate = makeGate()
      const call = await heldCall(stage, player, tool, { key: 'a', first, gate: gate.opened }, caller.signal)
      caller.abort(new Error('the caller gave up'))
      await stage.expectGivenUp(call)
      await player.client.flushed()
      gate.open()
      await asLong(stage, player)
      stage.expectExecutions(tool, 'a', 1)
      expectCount(stage, 'requests for the call', calls(tool, 'a'), 1)
      expectCount(stage, 'resumptions of its stream', resumes('c0'), 0)
      expectInitializes(stage, 1)
    },
  }
}

/** Time to work: progress and answer that arrive together are no progress for some clients. */
function working(): SseStep {
  return {
    gate: new Promise((resolve) => {
      setTimeout(resolve, 30)
    }),
  }
}

const progressThenCut: Scenario = {
  name: 'progress-after-a-repeat',
  title: 'A call that was called again starts its progress anew: the client is shown only what goes forward',
  promise: 'P3',
  needs: ['progress'],
  async play(stage) {
    const player = await stage.connect()
    await learnHints(stage, player)
    const upTo = (last: number, end: (asked: Parameters<typeof answerTo>[0]) => readonly SseStep[]) =>
      streamed((exchange) => {
        const progressToken = at(exchange.messages[0], 'params', '_meta', 'progressToken')
        const numbers = Array.from({ length: last }, (_, index) => index + 1)
        const steps = numbers.flatMap((progress) => [
          sseMessage(notification('notifications/progress', { progressToken, progress, total: 5 })),
          working(),
        ])
        return [...steps, ...end(exchange)]
      })
    stage.server.script(
      calls('set_value', 'a'),
      upTo(3, () => stops.reset.steps),
    )
    stage.server.script(
      calls('set_value', 'a'),
      upTo(5, (exchange) => [sseMessage(answerTo(exchange))]),
    )
    const shown: number[] = []
    await stage.expectAnswer(stage.call(player, 'set_value', { key: 'a', onProgress: (value) => shown.push(value) }))
    await stage.expectAnswer(stage.act('the progress', Promise.resolve([...shown]), [1, 2, 3, 4, 5]))
    stage.expectExecutions('set_value', 'a', 2)
  },
}

export const streamsNotRepeated: readonly Scenario[] = [
  asked(
    'stream-cut-after-an-answered-question',
    'A tool hinted idempotent has asked the user something, then its stream is cut: it is not called again',
    (stage) => [{ gate: stage.server.log.waitFor(responds) }, ...stops.reset.steps],
  ),
  asked('stream-ends-after-an-answered-question', 'The same when the stream ends', (stage) => [
    sseMessage(news('asked')),
    { gate: stage.server.log.waitFor(responds) },
  ]),
  cancelled(
    'cancelled-stream-not-resumed',
    'A call is cancelled, then its stream ends: it is not resumed',
    'append_value',
    priming('c0', 20),
  ),
  cancelled(
    'cancelled-stream-not-repeated',
    'A call of a tool hinted idempotent is cancelled, then its stream ends: it is not called again',
    'set_value',
    sseMessage(news('working')),
  ),
  progressThenCut,
]
