import { describe, expect, it } from 'vitest'
import type { History, OperationRecord, SessionRecord, WireRecord } from './history.js'
import { judge } from './judge.js'

const operation = (
  key: string,
  startedAt: number,
  given: Pick<OperationRecord, 'operation' | 'argument' | 'count' | 'outcome'>,
  progress: number[] = [],
  session = 'a',
): OperationRecord => ({ key, session, startedAt, endedAt: startedAt + 50, notSent: 0, progress, ...given })

const request = (given: Partial<WireRecord>): WireRecord => ({
  session: 'a',
  method: 'POST',
  what: 'tools/call',
  startedAt: 100,
  status: 200,
  answeredAt: 110,
  isNotSent: false,
  bytes: 10,
  ending: 'ended',
  endedAt: given.answeredAt ?? 110,
  ...given,
})

const ok = (text: string) => ({ kind: 'ok', text }) as const
const broken = { kind: 'broken' } as const
const unknown = { kind: 'outcome-unknown' } as const
const refused = { kind: 'refused', text: 'Session not found' } as const
const gone = { kind: 'error', text: 'Connection closed' } as const

/** A server is killed at 1000 while it works; another one goes on. */
function aKill(): History {
  const session: SessionRecord = {
    name: 'a',
    client: 'v1',
    isTold: true,
    isOpen: true,
    received: [1, 3],
    isBusyAtEnd: false,
    afterwards: [200, 200],
    complaints: ['SSE stream disconnected: TypeError: terminated'],
  }
  const executed = (at: number, instance: string, key: string) =>
    ({ at, instance, what: 'executed', key, proof: `proof-${key}` }) as const
  const heard = (at: number, instance: string, key: string) =>
    ({ at, instance, what: 'heard', key, proof: `proof-${key}`, answer: `answer-${key}` }) as const
  const question = (key: string) => ({ key, proof: `proof-${key}`, answer: `answer-${key}` })
  const announced = (at: number, instance: string, key: string) => ({ at, instance, what: 'announced', key }) as const
  return {
    fleet: 'test',
    sessions: [
      session,
      {
        ...session,
        name: 'b',
        received: [],
        complaints: [],
        isOpen: false,
        afterwards: [404],
        endingAt: 900,
        deletedAt: 940,
      },
      {
        ...session,
        name: 'c',
        received: [1, 2],
        complaints: [],
        isBusyAtEnd: true,
        afterwards: [404],
        endingAt: 900,
        deletedAt: 940,
      },
    ],
    operations: [
      operation('bump', 100, { operation: 'bump', outcome: ok('proof-bump') }),
      operation('announce-1', 200, { operation: 'announce', count: 1, outcome: ok('proof-announce-1') }),
      operation('level', 300, { operation: 'level', argument: 'info', outcome: ok('') }),
      operation('subscribe', 400, { operation: 'subscribe', argument: 'x', outcome: ok('') }),
      operation('work', 500, { operation: 'work', count: 2, outcome: ok('proof-work') }, [1, 2]),
      operation('lost-work', 960, { operation: 'work', count: 3, outcome: unknown }, [1]),
      operation('lost-bump', 990, { operation: 'bump', outcome: broken }),
      operation('lost-level', 990, { operation: 'level', argument: 'error', outcome: broken }),
      operation('announce-2', 995, { operation: 'announce', count: 2, outcome: broken }),
      operation('state', 1200, {
        operation: 'state',
        outcome: ok('proof-state {"level":"error","subscriptions":["x"]}'),
      }),
      operation('ask', 600, { operation: 'ask', count: 1, outcome: ok('proof-ask answer-ask') }),
      operation('lost-ask', 970, { operation: 'ask', count: 2, outcome: unknown }),
      {
        ...operation('late-ask', 1200, { operation: 'ask', count: 3, outcome: ok('proof-late-ask ') }),
        endedAt: 9_220,
      },
      operation('c-announce-1', 700, { operation: 'announce', count: 1, outcome: ok('proof-c-announce-1') }, [], 'c'),
      operation('c-announce-2', 800, { operation: 'announce', count: 2, outcome: ok('proof-c-announce-2') }, [], 'c'),
      operation('c-announce-3', 880, { operation: 'announce', count: 3, outcome: gone }, [], 'c'),
      operation('c-work', 890, { operation: 'work', count: 3, outcome: gone }, [1], 'c'),
      operation('c-late-bump', 950, { operation: 'bump', outcome: refused }, [], 'c'),
      operation('announce-3', 1300, { operation: 'announce', count: 3, outcome: ok('proof-announce-3') }),
    ],
    wire: [
      request({}),
      request({ status: 503, isNotSent: true }),
      request({ method: 'GET', what: 'call stream', status: 405 }),
      request({ session: 'b', method: 'GET', what: 'standalone stream', status: 404, answeredAt: 950 }),
      request({ what: 'answer', key: 'ask', status: 202, startedAt: 610, answeredAt: 620 }),
      request({ what: 'answer', key: 'lost-ask', status: 202, startedAt: 980, answeredAt: 985 }),
      request({ what: 'answer', key: 'late-ask', status: 202, startedAt: 8_000, answeredAt: 8_010 }),
      request({ session: 'c', method: 'GET', what: 'standalone stream', endedAt: 945 }),
      request({ session: 'c', key: 'c-late-bump', status: 404, startedAt: 950, answeredAt: 960 }),
    ],
    evidence: [
      executed(100, 'one', 'bump'),
      executed(200, 'one', 'announce-1'),
      announced(201, 'one', 'announce-1'),
      executed(500, 'one', 'work'),
      executed(965, 'one', 'lost-work'),
      executed(996, 'one', 'announce-2'),
      executed(1200, 'two', 'state'),
      executed(605, 'one', 'ask'),
      heard(630, 'one', 'ask'),
      executed(975, 'one', 'lost-ask'),
      executed(1210, 'two', 'late-ask'),
      { at: 9210, instance: 'two', what: 'gave up', key: 'late-ask', proof: 'proof-late-ask' },
      { at: 9300, instance: 'two', what: 'surplus answer', answer: 'answer-late-ask' },
      executed(700, 'two', 'c-announce-1'),
      announced(701, 'two', 'c-announce-1'),
      executed(800, 'two', 'c-announce-2'),
      announced(801, 'two', 'c-announce-2'),
      executed(880, 'two', 'c-announce-3'),
      announced(881, 'two', 'c-announce-3'),
      executed(890, 'two', 'c-work'),
      executed(1300, 'two', 'announce-3'),
      announced(1301, 'two', 'announce-3'),
    ],
    questions: [question('ask'), question('lost-ask'), question('late-ask')],
    kills: [{ at: 1000, instance: 'one' }],
    cuts: [],
    troubles: [],
  }
}

function changed(change: (history: History) => void): string {
  const history = aKill()
  change(history)
  return judge(history).join('\n')
}

function found<Item extends { key?: string; name?: string }>(items: readonly Item[], name: string): Item {
  const item = items.find((one) => one.key === name || one.name === name)
  if (item === undefined) throw new Error(`no ${name}`)
  return item
}

describe('the judge', () => {
  it('has nothing against a kill that nothing was lost by', () => {
    expect(judge(aKill())).toEqual([])
  })

  it('takes an announcement that was not confirmed, once', () => {
    expect(changed(({ sessions }) => sessions[0]?.received.splice(1, 0, 2))).toBe('')
  })

  it.each<readonly [string, (history: History) => void, string]>([
    [
      'a second execution',
      ({ evidence }) => evidence.push({ ...found(evidence, 'lost-work'), instance: 'two' }),
      'lost-work (work) was executed 2 times, by one and two',
    ],
    [
      'an answer without an execution',
      ({ evidence }) => evidence.splice(0, 1),
      'bump (bump) was answered, and never executed',
    ],
    [
      'the answer of another call',
      ({ operations }) => (found(operations, 'bump').outcome = ok('proof-work')),
      'bump (bump) got the answer of something else',
    ],
    ['no end', ({ operations }) => delete found(operations, 'work').outcome, 'work (work) never ended'],
    [
      'a deadline that passed',
      ({ operations }) => (found(operations, 'work').outcome = { kind: 'hung', text: 'timed out' }),
      'work (work) hung: timed out',
    ],
    [
      'a refusal',
      ({ operations }) => (found(operations, 'lost-bump').outcome = { kind: 'refused', text: 'Session not found' }),
      'lost-bump (bump) was answered with an error (refused): Session not found',
    ],
    [
      'a connection that breaks by itself',
      ({ operations }) => (found(operations, 'bump').outcome = broken),
      'bump (bump) was broken off, and nothing had been killed',
    ],
    [
      'a process that lives, and its outcome is said to be unknown',
      ({ operations }) => (found(operations, 'work').outcome = unknown),
      'work (work) was said to have an unknown outcome, and its process lived',
    ],
    [
      'a step that comes twice',
      ({ operations }) => found(operations, 'lost-work').progress.push(1),
      'lost-work was told its steps as 1, 1',
    ],
    [
      'a step that is missing',
      ({ operations }) => found(operations, 'work').progress.pop(),
      'work was answered, and told its steps as 1 of 2',
    ],
    ['a lost event', ({ sessions }) => sessions[0]?.received.pop(), 'a was never told announcement 3 (announce-3)'],
    ['an event that comes twice', ({ sessions }) => sessions[0]?.received.push(3), 'a was told announcement 3 after 3'],
    [
      'an event out of its order',
      ({ sessions }) => sessions[0]?.received.reverse(),
      'a was told announcement 1 after 3',
    ],
    [
      'an event of nobody',
      ({ sessions }) => sessions[0]?.received.push(9),
      'a was told announcement 9, which nobody made',
    ],
    [
      'a forgotten log level',
      ({ operations }) => (found(operations, 'state').outcome = ok('proof-state {"level":null,"subscriptions":["x"]}')),
      'state: the log level was null, and not info or error',
    ],
    [
      'a forgotten subscription',
      ({ operations }) => (found(operations, 'state').outcome = ok('proof-state {"level":"info","subscriptions":[]}')),
      'state: subscribed to x was false, and not true',
    ],
    [
      'a forgotten session',
      ({ sessions }) => sessions[0]?.afterwards.push(404),
      'a was never deleted, and was answered 404 in the end',
    ],
    [
      'a session that comes back from its end',
      ({ sessions }) => sessions[1]?.afterwards.push(200),
      'b was deleted, and was answered 200 in the end',
    ],
    [
      'a session that nobody looked at',
      ({ sessions }) => sessions[0]?.afterwards.splice(0),
      'a was not looked at in the end',
    ],
    [
      'an answer that comes twice',
      ({ sessions }) => sessions[0]?.complaints.push('Received a response for an unknown message ID: {}'),
      'a: Received a response for an unknown message ID: {}',
    ],
    ['a 404 on the way', ({ wire }) => wire.push(request({ status: 404 })), 'a: POST (tools/call) was answered 404'],
    [
      'a standalone stream that is refused',
      ({ wire }) => wire.push(request({ method: 'GET', what: 'standalone stream', status: 405 })),
      'a: GET (standalone stream) was answered 405',
    ],
    [
      'a question that is asked twice',
      ({ questions }) => questions.push({ key: 'ask', proof: 'proof-ask', answer: 'answer-again' }),
      'ask: its client was asked 2 times by one execution',
    ],
    [
      'a question that never comes',
      ({ questions }) => questions.pop(),
      'late-ask: its tool gave up, and its client was never asked',
    ],
    [
      'an answer that never reaches its tool',
      ({ wire }) => wire.push(request({ what: 'answer', key: 'late-ask', status: 202, answeredAt: 1260 })),
      'late-ask: its answer was confirmed, and never reached its tool',
    ],
    [
      'an answer that reaches its tool twice',
      ({ evidence }) => evidence.push({ at: 640, instance: 'one', what: 'surplus answer', answer: 'answer-ask' }),
      'ask: the answer came again after its tool had heard it',
    ],
    [
      'a tool that hears two answers',
      ({ evidence }) => evidence.push(...evidence.filter(({ what }) => what === 'heard')),
      'ask: its tool heard 2 answers',
    ],
    [
      'the answer to another question',
      ({ questions }) => questions.splice(0, 1, { key: 'ask', proof: 'proof-ask', answer: 'answer-other' }),
      'ask: its tool heard "answer-ask", which was not the answer',
    ],
    [
      'a call that is answered with what its tool did not hear',
      ({ operations }) => (found(operations, 'ask').outcome = ok('proof-ask answer-other')),
      'ask: its tool heard "answer-ask", and its client was told "answer-other"',
    ],
    [
      'a question whose call hangs',
      ({ operations }) => (found(operations, 'ask').outcome = { kind: 'hung', text: 'timed out' }),
      'ask (ask) hung: timed out',
    ],
    [
      'an answer that is refused',
      ({ wire }) => wire.push(request({ what: 'answer', key: 'ask', status: 404 })),
      'a: POST (answer) was answered 404',
    ],
    [
      'a second execution in a session that is deleted',
      ({ evidence }) => evidence.push({ ...found(evidence, 'c-work'), instance: 'one' }),
      'c-work (work) was executed 2 times, by two and one',
    ],
    [
      'a call that hangs although its session is deleted',
      ({ operations }) => (found(operations, 'c-work').outcome = { kind: 'hung', text: 'timed out' }),
      'c-work (work) hung: timed out',
    ],
    [
      'an error before the end of a session',
      ({ operations }) => (found(operations, 'c-announce-1').outcome = gone),
      'c-announce-1 (announce) was answered with an error (error): Connection closed',
    ],
    [
      'an event that is lost before the end of a session',
      ({ sessions }) => found(sessions, 'c').received.shift(),
      'c was never told announcement 1 (c-announce-1)',
    ],
    [
      'an execution after a session was deleted',
      ({ evidence }) => evidence.push({ ...found(evidence, 'c-work'), at: 955, key: 'c-late-bump' }),
      'c-late-bump (bump) began after c was deleted, and was executed by two',
    ],
    [
      'a stream that outlives its session',
      ({ wire }) => wire.push(request({ session: 'c', startedAt: 890, endedAt: 4_950 })),
      'c: POST (tools/call) was still open 4 s after its session was deleted',
    ],
    [
      'a stream that outlives its session, also where those that could have told were killed',
      ({ wire, sessions }) => {
        found(sessions, 'c').deletedAt = 1_100
        wire.push(request({ session: 'c', endedAt: 16_000 }), request({ session: 'c', endedAt: 16_101 }))
      },
      'c: POST (tools/call) was still open 15 s after its session was deleted',
    ],
    [
      'a stream that never ends although its session is deleted',
      ({ wire }) => {
        const { endedAt: _endedAt, ...open } = request({ session: 'c', method: 'GET', what: 'standalone stream' })
        wire.push(open)
      },
      'c: GET (standalone stream) was still open 4 s after its session was deleted',
    ],
    [
      'trouble in the run itself',
      ({ troubles }) => troubles.push('a server ended by itself'),
      'a server ended by itself',
    ],
  ])('finds %s', (_what, change, expected) => {
    expect(changed(change)).toBe(expected)
  })
})
