import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { History, QuestionRecord, RequestRecord, WireRecord } from '../model/history.js'
import { play } from '../model/play.js'
import { allFeatures } from '../schedule/features.js'
import { schedules } from '../schedule/generate.js'
import type { CallPlan } from '../schedule/schedule.js'
import { judge } from './judge.js'

const call: CallPlan = {
  client: 0,
  at: 0,
  kind: 'unhinted',
  workMs: 5,
  streamed: false,
  notes: 0,
  asks: undefined,
  latencies: [],
  network: [],
  ends: undefined,
  value: 0,
}

/** A loss in the middle of two calls, as it really went. */
async function aLoss(): Promise<History> {
  const [any] = fc.sample(schedules(allFeatures), { numRuns: 1, seed: 1 })
  if (!any) throw new Error('no schedule')
  const history = await play(
    {
      ...any,
      options: { replay: 'on-rejection', recoveryTimeout: 1_000, outageBudget: 1_000, authorizationTimeout: 1_000 },
      server: { ...any.server, refusal: 'specification', ids: 'random' },
      clients: [{ joinsAt: 0, lists: true, listens: false, signInMs: 10 }],
      calls: [call, { ...call, at: 100 }],
      incidents: [{ kind: 'lose', at: 50, client: 'all', streams: 'end' }],
      handshakes: [],
    },
    allFeatures,
  )
  return history
}

describe('judge', () => {
  let history: History
  beforeAll(async () => {
    history = await aLoss()
  })

  const tries = (file: History, key: string) => file.wire.filter((record) => record.key === key)
  const changed = (change: (copy: History) => void) => {
    const copy = structuredClone(history)
    change(copy)
    return judge(copy).join('\n')
  }
  const request = (copy: History): RequestRecord => found(copy.requests.find(({ key }) => key === 'call-1'))
  const refused = (copy: History): WireRecord => found(tries(copy, 'call-1')[0])

  it('has nothing against a call that got through a loss', () => {
    expect(tries(history, 'call-1').map(({ ending }) => ending)).toEqual(['lost', 'answered'])
    expect(judge(history)).toEqual([])
  })

  it.each<readonly [string, (copy: History) => void, string]>([
    ['no answer', (copy) => (request(copy).outcome = undefined), 'never got an answer'],
    ['an answer out of nowhere', (copy) => (request(copy).outcome = { kind: 'timeout' }), 'ended with'],
    [
      'a dishonest error',
      (copy) => (request(copy).outcome = { kind: 'error', code: -32011, text: '' }),
      'it was answered',
    ],
    [
      'a repetition in doubt',
      (copy) => (refused(copy).ending = 'broken-off'),
      'was sent again after it was broken-off',
    ],
    ['a second execution', (copy) => (refused(copy).executed = true), 'was executed 2 times'],
    ['a hasty try', (copy) => (refused(copy).retryAfterMs = 60_000), 'Retry-After'],
    [
      'a needless recovery',
      (copy) => {
        copy.upstream.forEach((it) => (it.refusedBy = undefined))
      },
      'was not known to be lost',
    ],
    [
      'a slow recovery',
      (copy) => {
        slowDown(copy)
      },
      'a recovery took',
    ],
    ['a late answer', (copy) => (request(copy).settledAt = 100_000), 'was not over'],
    ['a foreign id', (copy) => copy.clients[0]?.foreignIds.push('other'), 'not its own'],
    ['a mistake on the wire', (copy) => refused(copy).mistakes.push('wrong'), 'wrong'],
    ['a challenge too many', (copy) => (request(copy).challenges = 1), 'challenges'],
    ['a try after the end', (copy) => (request(copy).endedBefore = 0), 'had given it up'],
    ['an unread body', (copy) => (refused(copy).body = 'open'), 'was never read'],
    [
      'a session left behind',
      (copy) => {
        leaveBehind(copy)
      },
      'was left behind',
    ],
    [
      'an answer that was kept back',
      (copy) => {
        ask(copy, { session: 2, answeredAt: 1 })
      },
      'was never sent',
    ],
    [
      'a question that outlives its session',
      (copy) => {
        ask(copy, { session: 1, answeredAt: undefined })
      },
      'was left standing',
    ],
    ['a forgotten setting', (copy) => (copy.final.forgotten as string[]).push('client 0: log level'), 'log level'],
    ['a timer', (copy) => ((copy.final as { enginePending: number }).enginePending = 1), 'timers of the engine'],
  ])('finds %s', (_what, change, found) => {
    expect(changed(change)).toContain(found)
  })
})

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('not found')
  return value
}

function slowDown({ events }: History): void {
  for (const { event } of events) {
    if (event.type === 'recovery-succeeded') (event as { durationMs: number }).durationMs = 1_001
  }
}

function ask(
  { questions }: History,
  known: { readonly session: number; readonly answeredAt: number | undefined },
): void {
  const silent = { receivedAt: 0, withdrawnAt: undefined, reachedAt: undefined }
  ;(questions as QuestionRecord[]).push({ client: 0, key: 'call-0/0', askedAt: 0, ...silent, ...known })
}

function leaveBehind({ wire, upstream }: History): void {
  for (const record of upstream) Object.assign(record, { isAlive: true, deleted: false, refusedBy: undefined })
  for (const record of wire) if (record.method === 'DELETE') Object.assign(record, { sessionId: undefined })
}
