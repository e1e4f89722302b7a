import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import type { OutgoingMessage } from '../wire/json-rpc.js'
import {
  call,
  dialectLosses,
  error,
  lookAlikes,
  losses404,
  lostHeaders,
  sessionfulAgain,
} from './classify-corpus.fixture.js'
import type { Row } from './classify-corpus.fixture.js'
import { classify, mayMeanLoss } from './classify.js'
import type { DialectOptions } from './dialects.js'
import { lossRules } from './loss-rules.js'
import { readContent, type Refusal } from './refusal.js'
import type { LossRule } from './rules/rule.js'

const notification: OutgoingMessage = { kind: 'notification', method: 'notifications/progress', params: {} }
const losses: readonly Row[] = [...losses404, ...dialectLosses]
const everyRow = [...losses, ...sessionfulAgain, ...lostHeaders, ...lookAlikes]
const readStatuses = [...new Set(lossRules.flatMap(({ statuses }) => statuses))].filter((status) => mayMeanLoss(status))

const refusalOf = (status: number, body: string, more: Partial<Refusal> = {}): Refusal => ({
  status,
  carriedSession: true,
  message: call,
  body,
  ...more,
})

const decide = (status: number, body: string, more?: Partial<Refusal>) => classify(refusalOf(status, body, more))

/** `it.each` knows no optional members. */
const cases = <Rule>(rows: readonly (readonly [string, number, string, Rule, Partial<Refusal>?])[]) =>
  rows.map(([what, status, body, rule, more = {}]) => [what, status, body, rule, more] as const)

describe('classify', () => {
  it.each(cases([...losses, ...sessionfulAgain]))('%s: %d is a loss', (_server, status, body, rule, more) => {
    const replay = status === 500 ? 'heal-only' : 'replay'
    expect(decide(status, body, more)).toEqual({ conclusion: 'lost', rule, replay })
    expect(mayMeanLoss(status)).toBe(true)
  })

  it.each(cases(losses.filter(([, , , rule]) => rule !== 'invalid-request-in-ok')))(
    '%s: %d is a loss for a notification too',
    (_server, status, body, _rule, more) => {
      expect(decide(status, body, { ...more, message: notification }).conclusion).toBe('lost')
    },
  )

  it.each(cases(lookAlikes))('%s (%d) is not', (_what, status, body, rule, more) => {
    expect(decide(status, body, more)).toEqual({ conclusion: 'not-lost', rule })
  })

  it.each(cases(lostHeaders))(
    '%s: %d means that the session id did not arrive',
    (_server, status, body, rule, more) => {
      expect(decide(status, body, more)).toEqual({ conclusion: 'header-lost', rule })
      expect(mayMeanLoss(status)).toBe(true)
    },
  )

  it('tells a server that was upgraded to versions without sessions', () => {
    const withdrawn = { conclusion: 'version-withdrawn', rule: 'version-withdrawn' }
    const body = error(-32022, 'Unsupported protocol version: 2025-11-25', { id: 7 })
    expect(decide(400, body)).toEqual(withdrawn)
    expect(decide(400, body, { carriedSession: false })).toEqual(withdrawn)
  })

  it('takes 404 with -32601 for a notification as what it says', () => {
    expect(decide(404, error(-32601, 'Method not found'), { message: notification })).toEqual({
      conclusion: 'not-lost',
      rule: 'notification-not-found',
    })
  })

  it('knows the own id in a batch', () => {
    const message: OutgoingMessage = { kind: 'batch', messages: [notification, call] }
    expect(decide(400, error(-32000, 'terminal session expired', { id: 7 }), { message }).conclusion).toBe('not-lost')
    expect(decide(400, error(-32000, 'terminal session expired', { id: 8 }), { message }).conclusion).toBe('lost')
  })

  it('makes nothing of a 404 to a request without a session id that does not miss one', () => {
    const without = losses404.map(([, status, body]) => decide(status, body, { carriedSession: false }))
    expect(new Set(without.map(({ rule }) => rule))).toEqual(new Set([undefined, 'session-required-404']))
    for (const body of ['', '404 page not found', '{"message":"Not Found"}', error(-32001, 'Unknown transport')]) {
      expect(decide(404, body, { carriedSession: false }).conclusion).toBe('not-lost')
    }
    const ofATool = error(-32000, 'browser session not found', { id: 7 })
    expect(decide(404, ofATool, { carriedSession: false }).conclusion).toBe('not-lost')
  })

  describe('with a dialect switched off', () => {
    const dialects = [...new Set(lossRules.flatMap(({ dialect }) => dialect ?? []))]

    it.each(dialects)('%s: believes everything but that', (dialect) => {
      const own = new Set(lossRules.filter((rule) => rule.dialect === dialect).map(({ name }) => name))
      const off: DialectOptions = { [dialect]: false }
      const rows = [...losses, ...sessionfulAgain, ...lostHeaders]
      for (const [, status, body, rule, more] of rows) {
        const { conclusion } = classify(refusalOf(status, body, more), off)
        const usual = decide(status, body, more).conclusion
        expect(conclusion, body).toBe(own.has(rule) ? 'not-lost' : usual)
      }
      expect(rows.some(([, , , rule]) => own.has(rule))).toBe(true)
    })

    it('reads no body for it', () => {
      const off: DialectOptions = Object.fromEntries(dialects.map((dialect) => [dialect, false]))
      expect(readStatuses.filter((status) => mayMeanLoss(status, off)).sort()).toEqual([400, 401, 404, 422])
      expect(readStatuses.sort()).toEqual([200, 400, 401, 404, 410, 422, 500])
    })
  })
})

describe('any answer', () => {
  const anyFacts = fc.record({
    carriedSession: fc.boolean(),
    sentAuthorization: fc.boolean(),
    methodSucceededBefore: fc.boolean(),
    wwwAuthenticate: fc.option(fc.string(), { nil: undefined }),
  })
  /** Words that servers use for a lost session, so that chance finds what it must not. */
  const words = fc.constantFrom(...everyRow.map(([, , body]) => readContent(body).text))
  const anyText = fc.oneof(fc.string(), words)

  it('with a status that is not read is no loss, and every other 404 is one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 599 }), anyText, anyFacts, (status, body, facts) => {
        const { conclusion } = decide(status, body, facts)
        if (status === 404 && facts.carriedSession && readContent(body).shape === 'text') {
          expect(['lost', 'not-lost']).toContain(conclusion)
          if (!/protocol.version/i.test(body)) expect(conclusion).toBe('lost')
        }
        if (!mayMeanLoss(status)) expect(conclusion).toBe('not-lost')
      }),
    )
  })

  it('that is the result of this very request is searched for nothing, whatever it says', () => {
    const result = fc.oneof(
      fc.record({ content: fc.array(fc.record({ type: fc.constant('text'), text: anyText })), isError: fc.boolean() }),
      fc.record({ message: anyText, error: anyText, detail: anyText }),
      fc.object(),
    )
    fc.assert(
      fc.property(fc.constantFrom(...readStatuses), result, fc.boolean(), anyFacts, (status, value, asEvent, facts) => {
        const json = JSON.stringify({ jsonrpc: '2.0', id: 7, result: value })
        const body = asEvent ? `event: message\ndata: ${json}\n\n` : json
        expect(decide(status, body, facts)).toEqual({ conclusion: 'not-lost', rule: 'answered' })
        expect(readContent(body).text).toBe('')
      }),
    )
  })

  it('of 200 with an error on the own id is the caller’s, but for the two sentences that ask for initialize', () => {
    fc.assert(
      fc.property(fc.integer({ min: -32100, max: 0 }), anyText, anyFacts, (code, text, facts) => {
        fc.pre(!/is invalid during session init|The first message from the client/.test(text))
        expect(decide(200, error(code, text, { id: 7 }), facts).conclusion).toBe('not-lost')
      }),
    )
  })

  it('of 5xx never lets the request be sent again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 500, max: 599 }), anyText, anyFacts, (status, body, facts) => {
        expect(decide(status, body, facts).replay).not.toBe('replay')
      }),
    )
  })
})

describe('the table', () => {
  it('says why, for whom, and decides something in the corpus', () => {
    const used = new Set(everyRow.map(([, status, body, , more]) => decide(status, body, more).rule))
    for (const { name, reason, servers } of lossRules) {
      expect([reason, servers]).not.toContain('')
      if (!['answered', 'notification-not-found', 'version-withdrawn'].includes(name)) expect(used).toContain(name)
    }
    expect(new Set(lossRules.map(({ name }) => name)).size).toBe(lossRules.length)
  })

  /** Neighbours with one verdict: their order is for the reader alone. */
  const runs = lossRules.reduce<LossRule[][]>((groups, rule) => {
    const last = groups.at(-1)
    const before = last?.[0]
    if (last && before?.conclusion === rule.conclusion && before.replay === rule.replay) last.push(rule)
    else groups.push([rule])
    return groups
  }, [])

  it('has neighbours with one verdict whose order changes nothing but the name', () => {
    const reordered = fc.tuple(...runs.map((run) => fc.shuffledSubarray(run, { minLength: run.length })))
    fc.assert(
      fc.property(reordered, fc.constantFrom(...everyRow), (groups, [, status, body, , more]) => {
        const refusal = refusalOf(status, body, more)
        const content = readContent(body)
        const first = groups
          .flat()
          .find(
            (rule) =>
              rule.statuses.includes(status) &&
              (refusal.carriedSession || rule.withoutSession === true || rule.conclusion === 'not-lost') &&
              rule.matches(refusal, content),
          )
        const { conclusion, replay } = classify(refusal)
        expect(first?.conclusion ?? 'not-lost').toBe(conclusion)
        expect(first?.replay).toBe(replay)
      }),
    )
  })
})
