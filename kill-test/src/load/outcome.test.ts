import { expect, it } from 'vitest'
import type { Outcome, WireRecord } from '../judge/history.js'
import { outcomeOf } from './outcome.js'

const post: WireRecord = {
  session: 'a',
  method: 'POST',
  what: 'tools/call',
  startedAt: 0,
  status: 200,
  isNotSent: false,
  bytes: 1,
  ending: 'ended',
}
const unanswered = { ...post, status: undefined as never, bytes: 0, ending: 'broken' } as const
const failure = new TypeError('fetch failed')

it.each<readonly [string, unknown, WireRecord | undefined, Outcome | undefined]>([
  ['refused by the operating system', failure, { ...unanswered, isNotSent: true }, undefined],
  ['no server behind the proxy', failure, { ...post, status: 503, isNotSent: true }, undefined],
  ['reset before an answer', failure, unanswered, { kind: 'broken' }],
  ['cut before its first event', failure, { ...post, bytes: 0, ending: 'broken' }, { kind: 'broken' }],
  ['a 404', new Error('not found'), { ...post, status: 404 }, { kind: 'refused', text: 'not found' }],
  ['a 503 of the server', new Error('no'), { ...post, status: 503 }, { kind: 'error', text: 'HTTP 503: no' }],
  ['outcome unknown', Object.assign(new Error(''), { code: -32011 }), post, { kind: 'outcome-unknown' }],
  ['another JSON-RPC error', Object.assign(new Error('no'), { code: -32603 }), post, { kind: 'error', text: 'no' }],
  ['a deadline', new Error('Request timed out'), post, { kind: 'hung', text: 'Request timed out' }],
  ['a deadline without an answer', failure, { ...unanswered, ending: 'open' }, { kind: 'hung', text: 'fetch failed' }],
  ['nothing sent at all', failure, undefined, { kind: 'error', text: 'never sent: fetch failed' }],
])('%s', (_what, error, last, expected) => {
  expect(outcomeOf(error, last)).toEqual(expected)
})
