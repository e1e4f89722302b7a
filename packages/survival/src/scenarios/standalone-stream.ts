import { json, text } from '../fault-server/answer.js'
import type { AnswerSource } from '../fault-server/answer.js'
import { all, resumes, uses } from '../fault-server/match.js'
import type { Match } from '../fault-server/match.js'
import type { Player, Stage } from '../runner/stage.js'
import { failure } from '../wire/json-rpc.js'
import { priming, news, newsIn } from './stream-parts.js'
import type { Scenario } from './scenario.js'
import { answered, count, expectCount, expectInitializes } from './wire-facts.js'

const opened: Match = all(uses('GET'), answered(200))

/** A GET that came after everything so far, and was answered 200. */
function newlyOpened(stage: Stage): Match {
  const since = stage.server.log.exchanges.at(-1)?.seq ?? 0
  return all(opened, ({ seq }) => seq > since)
}

/** The server says something by itself, and the client is told. */
async function says(stage: Stage, player: Player, what: string): Promise<boolean> {
  stage.server.push(news(what))
  stage.expectHeard(player, `${what}, once`, (heard) => newsIn(heard).filter((each) => each === what).length === 1)
  return stage.hears(player, (message) => newsIn([message])[0] === what)
}

/** The stream is gone; it must come back by itself, and bring what the server says. */
async function comesBack(stage: Stage, player: Player, what: string, gone: () => void): Promise<boolean> {
  const back = newlyOpened(stage)
  gone()
  await stage.see(back)
  return says(stage, player, what)
}

function redeployed(how: 'end' | 'cut'): Scenario {
  return {
    name: `standalone-redeploy-${how}`,
    title: `A redeploy ${how === 'end' ? 'ends' : 'cuts'} the standalone stream while nobody calls anything: the session is renewed, and what the server says arrives`,
    promise: 'P8',
    needs: ['listens', 'hears'],
    async play(stage) {
      const player = await stage.connect()
      await says(stage, player, 'before')
      await comesBack(stage, player, 'after', () => {
        stage.server.restart({ streams: how })
      })
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
      stage.expectExecutions('append_value', 'a', 1)
      expectInitializes(stage, 2)
    },
  }
}

function ended(how: 'end' | 'cut'): Scenario {
  return {
    name: `standalone-${how}`,
    title: `The standalone stream ${how === 'end' ? 'ends' : 'is cut'} while the session lives: it is opened again, and nothing is renewed`,
    promise: 'P8',
    needs: ['listens', 'hears'],
    async play(stage) {
      const player = await stage.connect()
      await says(stage, player, 'before')
      for (const what of ['first', 'second', 'third']) {
        const back = await comesBack(stage, player, what, () => {
          stage.server.endStreams(how)
        })
        if (!back) return
      }
      expectInitializes(stage, 1)
    },
  }
}

const troubles: readonly (readonly [name: string, what: string, answer: AnswerSource])[] = [
  ['503', '503', text(503, 'starting')],
  ['502', '502', text(502, 'Bad Gateway')],
  ['409', '409', json(409, failure(null, -32000, 'Conflict: Only one SSE stream is allowed per session'))],
  ['reset', 'a reset of the connection', { reset: 'before-head' }],
]

function outage([name, what, answer]: (typeof troubles)[number]): Scenario {
  return {
    name: `standalone-${name}`,
    title: `The standalone stream is answered with ${what} when it comes back: an outage of the stream alone, calls go on`,
    promise: 'P8',
    needs: ['listens', 'hears'],
    async play(stage) {
      const player = await stage.connect()
      await says(stage, player, 'before')
      stage.server.script(uses('GET'), answer)
      const back = comesBack(stage, player, 'after', () => {
        stage.server.endStreams('end')
      })
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
      await back
      stage.expectExecutions('append_value', 'a', 1)
      expectInitializes(stage, 1)
    },
  }
}

export const standaloneStream: readonly Scenario[] = [
  redeployed('end'),
  redeployed('cut'),
  ended('end'),
  ended('cut'),
  ...troubles.map(outage),
  {
    name: 'standalone-503-again-and-again',
    title: 'The standalone stream is answered with 503 again and again when it comes back: it is still not given up',
    promise: 'P8',
    needs: ['listens', 'hears'],
    async play(stage) {
      const player = await stage.connect()
      await says(stage, player, 'before')
      stage.server.script(uses('GET'), text(503, 'starting'), { times: 2 })
      const back = newlyOpened(stage)
      stage.server.endStreams('end')
      if (!(await stage.see(back))) await stage.see(back)
      await says(stage, player, 'after')
      expectInitializes(stage, 1)
    },
  },
  {
    name: 'standalone-after-a-recovery',
    title: 'A call has the session renewed while the old stream is still open: what the new process says arrives',
    promise: 'P8',
    needs: ['listens', 'hears'],
    async play(stage) {
      const player = await stage.connect()
      await says(stage, player, 'before')
      const back = newlyOpened(stage)
      stage.server.restart()
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
      await stage.see(all(back, ({ sessionLabel }) => sessionLabel === 'S2'))
      // What the old stream, which somebody in front has kept, might still bring is not the new process's.
      stage.server.push(news('after'))
      await stage.hears(player, (message) => newsIn([message])[0] === 'after')
      stage.expectHeard(player, 'after', (heard) => newsIn(heard).includes('after'))
      expectInitializes(stage, 2)
    },
  },
  {
    name: 'standalone-three-losses',
    title: 'Three redeploys, and nobody calls anything: what the server says arrives after each',
    promise: 'P8',
    needs: ['listens', 'hears'],
    async play(stage) {
      const player = await stage.connect()
      await says(stage, player, 'before')
      for (const what of ['one', 'two', 'three']) {
        const back = await comesBack(stage, player, what, () => {
          stage.server.restart({ streams: 'end' })
        })
        if (!back) return
      }
      await stage.expectAnswer(stage.call(player, 'read_value'))
      expectInitializes(stage, 4)
    },
  },
  {
    name: 'standalone-retry',
    title: 'The server asks for some time before its stream is opened again: it is given that time',
    promise: 'P8',
    needs: ['listens', 'hears'],
    async play(stage) {
      const player = await stage.connect()
      stage.server.write('retry: 900\n\n')
      await says(stage, player, 'before')
      const since = stage.server.log.exchanges.at(-1)?.seq ?? 0
      const endedAt = performance.now()
      const back = newlyOpened(stage)
      stage.server.endStreams('end')
      await stage.see(back)
      const waited = performance.now() - endedAt
      await stage.expectAnswer(stage.act('the waiting of 0.8 s or more', Promise.resolve(waited >= 800), true))
      await says(stage, player, 'after')
      stage.expectWire(
        'opened again once',
        (wire) =>
          count(
            wire.filter(({ seq }) => seq > since),
            uses('GET'),
          ) === 1,
      )
    },
  },
  {
    name: 'standalone-last-event-id',
    title: 'The stream of a live session is opened again after its last event',
    promise: 'P8',
    needs: ['listens', 'hears'],
    async play(stage) {
      const player = await stage.connect()
      stage.server.push(news('with an id'), 's7')
      await stage.hears(player, (message) => newsIn([message])[0] === 'with an id')
      await comesBack(stage, player, 'after', () => {
        stage.server.endStreams('end')
      })
      stage.expectWire('opened again after s7', (wire) => wire.some(resumes('s7')))
      expectInitializes(stage, 1)
    },
  },
  {
    name: 'standalone-event-id-of-a-dead-session',
    title: 'After a redeploy the stream is opened without the event id of the dead session',
    promise: 'P8',
    needs: ['listens', 'hears'],
    async play(stage) {
      const player = await stage.connect()
      stage.server.write(priming('s0'))
      stage.server.push(news('with an id'), 's7')
      await stage.hears(player, (message) => newsIn([message])[0] === 'with an id')
      await comesBack(stage, player, 'after', () => {
        stage.server.restart({ streams: 'end' })
      })
      expectCount(
        stage,
        'event ids sent in the new session',
        all(resumes(), ({ sessionLabel }) => sessionLabel === 'S2'),
        0,
      )
      expectInitializes(stage, 2)
    },
  },
  {
    name: 'standalone-keep-alive-comments',
    title: 'Comments that keep the connection alive, also in the middle of an event, disturb nothing',
    promise: 'P10',
    control: true,
    needs: ['listens', 'hears'],
    async play(stage) {
      const player = await stage.connect()
      stage.server.write(': keep-alive\n\n')
      const [first = '', ...rest] = `event: message\ndata: ${JSON.stringify(news('commented'))}\n\n`.split('\n')
      stage.server.write(`${first}\n: keep-alive\n${rest.join('\n')}`)
      stage.server.write(':\n\n')
      await stage.hears(player, (message) => newsIn([message])[0] === 'commented')
      await says(stage, player, 'after')
      stage.expectHeard(player, 'commented, once', (heard) => newsIn(heard).join() === 'commented,after')
      stage.expectWire(
        'one stream in the session',
        (wire) =>
          count(
            wire,
            all(opened, ({ sessionId }) => sessionId !== undefined),
          ) === 1,
      )
    },
  },
]
