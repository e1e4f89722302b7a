import { all, calls, initialized, posts, responds, uses } from '../fault-server/match.js'
import type { QuestionHandler } from '../faces/face.js'
import type { Player, Stage } from '../runner/stage.js'
import { at, sameJson, textAt } from '../wire/json.js'
import { isResponse, notification, request } from '../wire/json-rpc.js'
import type { Message } from '../wire/json-rpc.js'
import { sseMessage } from '../wire/sse.js'
import { makeGate } from './gate.js'
import type { Gate } from './gate.js'
import type { Scenario } from './scenario.js'
import { answerTo, streamed } from './stream-parts.js'
import { answered, expectInitializes, inLife } from './wire-facts.js'

const elicit = 'elicitation/create'

function question(id: unknown, message: string, more: object = {}): Message {
  return request(id, elicit, { message, requestedSchema: { type: 'object', properties: {} }, ...more })
}

/** A user who is asked things and answers when let. */
class User {
  readonly #asked = new Map<string, { readonly seen: Gate; readonly answer: Gate; readonly withdrawn: Gate }>()

  about(message: string) {
    const known = this.#asked.get(message)
    if (known) return known
    const fresh = { seen: makeGate(), answer: makeGate(), withdrawn: makeGate() }
    this.#asked.set(message, fresh)
    return fresh
  }

  readonly handler: QuestionHandler = async (params, signal) => {
    const message = textAt(params, 'message') ?? ''
    const { seen, answer, withdrawn } = this.about(message)
    signal.addEventListener('abort', withdrawn.open)
    seen.open()
    await answer.opened
    return { action: 'accept', content: { message } }
  }
}

const PATIENCE_MS = 2500

/** Whether it comes to pass before long. */
async function soon({ opened }: Gate): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, false)
  })
  return Promise.race([opened.then(() => true), late]).finally(() => {
    clearTimeout(timer)
  })
}

/** A redeploy; then a call, so that the session is renewed, and the stream of the new one. */
async function redeploy(stage: Stage, player: Player): Promise<boolean> {
  stage.server.restart({ streams: 'end' })
  await stage.expectAnswer(stage.call(player, 'append_value', { key: 'renewed' }))
  return stage.see(all(uses('GET'), answered(200), inLife(2), ({ sessionLabel }) => sessionLabel === 'S2'))
}

/** What the client answered the new process: these messages under these ids, and nothing else. */
function expectResponses(stage: Stage, expected: readonly (readonly [id: unknown, message: string])[]): void {
  stage.expectWire(`the new process is answered: ${expected.map(([, message]) => message).join(', ')}`, (wire) => {
    const responses = wire.filter(all(responds, inLife(2))).flatMap(({ messages }) => messages.filter(isResponse))
    const got = responses.map((message) => [message.id, at(message, 'result', 'content', 'message')])
    return sameJson(got, expected)
  })
}

export const questions: readonly Scenario[] = [
  {
    name: 'question-ids-start-again',
    title: 'The new process asks under an id the old one used: the late answer to the old question never reaches it',
    promise: 'P9',
    needs: ['listens', 'asked'],
    async play(stage) {
      const user = new User()
      const player = await stage.connect({ handlers: { [elicit]: user.handler } })
      stage.server.push(question(0, 'old'))
      await soon(user.about('old').seen)
      expectResponses(stage, [[0, 'new']])
      if (!(await redeploy(stage, player))) return
      stage.server.push(question(0, 'new'))
      await soon(user.about('new').seen)
      user.about('old').answer.open()
      await player.client.flushed()
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'meanwhile' }))
      user.about('new').answer.open()
      await stage.see(all(responds, inLife(2), answered(202)))
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'after' }))
      expectInitializes(stage, 2)
    },
  },
  {
    name: 'question-withdrawn-with-its-session',
    title: 'The server’s question dies with its session: it is withdrawn, so that no user is asked for nothing',
    promise: 'P9',
    needs: ['listens', 'asked'],
    async play(stage) {
      const user = new User()
      const player = await stage.connect({ handlers: { [elicit]: user.handler } })
      // SDK v1 overlooks the withdrawal of a request whose id is 0.
      stage.server.push(question(3, 'old'))
      await soon(user.about('old').seen)
      stage.server.restart({ streams: 'end' })
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
      await stage.expectAnswer(stage.act('the withdrawal', soon(user.about('old').withdrawn), true))
      user.about('old').answer.open()
      expectResponses(stage, [])
      expectInitializes(stage, 2)
    },
  },
  {
    name: 'question-ids-of-a-later-epoch',
    title: 'Questions of the new process, under numbers and strings, are answered under the very same ids',
    promise: 'P9',
    needs: ['listens', 'asked'],
    async play(stage) {
      const user = new User()
      const player = await stage.connect({ handlers: { [elicit]: user.handler } })
      const ids = [0, 7, 'q', '7']
      expectResponses(
        stage,
        ids.map((id, index) => [id, `question ${String(index)}`]),
      )
      if (!(await redeploy(stage, player))) return
      for (const [index, id] of ids.entries()) {
        user.about(`question ${String(index)}`).answer.open()
        stage.server.push(question(id, `question ${String(index)}`))
        await stage.see(all(responds, answered(202), ({ messages }) => messages.some((message) => message.id === id)))
      }
    },
  },
  {
    name: 'question-withdrawn-in-a-later-epoch',
    title: 'The new process withdraws a question of its own: the client is told which',
    promise: 'P9',
    needs: ['listens', 'asked'],
    async play(stage) {
      const user = new User()
      const player = await stage.connect({ handlers: { [elicit]: user.handler } })
      expectResponses(stage, [[0, 'kept']])
      if (!(await redeploy(stage, player))) return
      stage.server.push(question(0, 'kept'))
      stage.server.push(question(1, 'withdrawn'))
      await soon(user.about('withdrawn').seen)
      stage.server.push(notification('notifications/cancelled', { requestId: 1, reason: 'never mind' }))
      await stage.expectAnswer(stage.act('the withdrawal', soon(user.about('withdrawn').withdrawn), true))
      user.about('kept').answer.open()
      await stage.see(all(responds, inLife(2), answered(202)))
    },
  },
  {
    name: 'question-in-a-call-of-a-later-epoch',
    title: 'After a recovery a tool asks the user something: its answer reaches the server under the server’s own id',
    promise: 'P9',
    needs: ['elicits'],
    async play(stage) {
      const user = new User()
      const player = await stage.connect({ handlers: { [elicit]: user.handler } })
      stage.server.restart()
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'renewed' }))
      user.about('in a call').answer.open()
      const its = all(responds, inLife(2))
      stage.server.script(
        calls('append_value', 'a'),
        streamed((asked) => [
          sseMessage(question(0, 'in a call')),
          { gate: stage.server.log.waitFor(its) },
          sseMessage(answerTo(asked)),
        ]),
      )
      await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' }))
      stage.expectExecutions('append_value', 'a', 1)
      expectResponses(stage, [[0, 'in a call']])
      expectInitializes(stage, 2)
    },
  },
  {
    name: 'question-progress-token-of-a-later-epoch',
    title: 'The new process asks for the progress of its question: it is told under its own token',
    promise: 'P9',
    needs: ['listens', 'asked', 'notify'],
    async play(stage) {
      const user = new User()
      const notified = makeGate()
      const tell: { progress?: (progressToken: unknown) => Promise<void> } = {}
      const player = await stage.connect({
        handlers: {
          [elicit]: async (params, signal) => {
            await tell.progress?.(at(params, '_meta', 'progressToken'))
            notified.open()
            return user.handler(params, signal)
          },
        },
      })
      tell.progress = (progressToken) => player.client.notify('notifications/progress', { progressToken, progress: 1 })
      expectResponses(stage, [[0, 'slow']])
      if (!(await redeploy(stage, player))) return
      user.about('slow').answer.open()
      stage.server.push(question(0, 'slow', { _meta: { progressToken: 5 } }))
      await soon(notified)
      await stage.see(all(responds, inLife(2), answered(202)))
      stage.expectWire('its progress has the token 5', (wire) =>
        wire
          .filter(posts('notifications/progress'))
          .some(({ messages }) => at(messages[0], 'params', 'progressToken') === 5),
      )
    },
  },
  {
    name: 'question-before-the-handshake-is-done',
    title: 'The new process asks something the moment it is ready: the answer is for the new session',
    promise: 'P9',
    needs: ['listens', 'asked'],
    async play(stage) {
      const user = new User()
      const player = await stage.connect({ handlers: { [elicit]: user.handler } })
      user.about('at once').answer.open()
      stage.server.restart({ streams: 'end' })
      const since = stage.server.log.exchanges.at(-1)?.seq ?? 0
      const stream = stage.see(all(uses('GET'), answered(200), ({ seq }) => seq > since))
      expectResponses(stage, [[0, 'at once']])
      if (!(await stage.expectAnswer(stage.call(player, 'append_value', { key: 'a' })))) return
      if (await stream) stage.server.push(question(0, 'at once'))
      await stage.see(all(responds, inLife(2), answered(202)))
      stage.expectWire('it is answered in the new session, after the handshake', (wire) => {
        const done = wire.find(all(initialized, inLife(2)))
        const response = wire.find(all(responds, inLife(2)))
        return response?.sessionLabel === 'S2' && (done?.answeredSeq ?? Infinity) < response.seq
      })
    },
  },
]
