import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readServerMessages, withOutwardIds } from './server-message.js'

describe('readServerMessages', () => {
  it.each([
    [
      { id: 1, result: {} },
      { kind: 'answer', id: 1 },
    ],
    [
      { id: 'a', error: { code: 1, message: '' } },
      { kind: 'answer', id: 'a' },
    ],
    [
      { id: 0, method: 'roots/list' },
      { kind: 'question', id: 0, method: 'roots/list' },
    ],
    [
      { method: 'notifications/cancelled', params: { requestId: 3 } },
      { kind: 'withdrawal', requestId: 3 },
    ],
    [
      { method: 'notifications/progress', params: { progressToken: 't', progress: 0.5 } },
      { kind: 'progress', token: 't', progress: 0.5 },
    ],
    [
      { method: 'notifications/progress', params: { progressToken: 't', progress: '1' } },
      { kind: 'notification', method: 'notifications/progress' },
    ],
    [{ method: 'notifications/message' }, { kind: 'notification', method: 'notifications/message' }],
    [{ id: null, result: {} }, { kind: 'other' }],
    [null, { kind: 'other' }],
  ])('%j', (message, expected) => {
    expect(readServerMessages(JSON.stringify(message))).toEqual([expected])
    expect(readServerMessages(JSON.stringify([message, message]))).toEqual([expected, expected])
  })

  it('takes whatever comes', () => {
    fc.assert(fc.property(fc.oneof(fc.json(), fc.string()), (data) => readServerMessages(data).length >= 0))
  })
})

describe('withOutwardIds', () => {
  const tag = 'mcp-tether-00000000'
  const outward = (message: unknown) => JSON.parse(withOutwardIds(JSON.stringify(message), tag, 2)) as unknown

  it('marks a question and its progress token', () => {
    const question = {
      id: 0,
      method: 'sampling/createMessage',
      params: { _meta: { progressToken: 0, other: 1 }, x: [1] },
    }
    expect(outward(question)).toEqual({
      ...question,
      id: `${tag}.2.n.0`,
      params: { _meta: { progressToken: `${tag}.2.n.0`, other: 1 }, x: [1] },
    })
  })

  it('marks what a question is withdrawn by', () => {
    const withdrawal = { method: 'notifications/cancelled', params: { requestId: '0', reason: 'r' } }
    expect(outward(withdrawal)).toEqual({ ...withdrawal, params: { requestId: `${tag}.2.s.0`, reason: 'r' } })
  })

  it.each([
    { id: 1, result: { id: 5 } },
    { method: 'notifications/progress', params: { progressToken: 1, progress: 1 } },
    { method: 'notifications/cancelled' },
    [],
    'text',
    null,
  ])('leaves %j as it is', (message) => {
    expect(outward(message)).toEqual(message)
  })
})
