import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isRpc, oneLine, readHostMessage } from './message.js'

describe('readHostMessage', () => {
  it.each([
    ['{"id":1,"method":"a"}', { kind: 'request', requests: [{ key: '1', idText: '1', method: 'a' }] }],
    ['{"id":"1","method":"a"}', { kind: 'request', requests: [{ key: '"1"', idText: '"1"', method: 'a' }] }],
    ['{"method":"a"}', { kind: 'notification', method: 'a', cancels: undefined }],
    [
      '{"method":"notifications/cancelled","params":{"requestId":"x"}}',
      { kind: 'notification', method: 'notifications/cancelled', cancels: '"x"' },
    ],
    ['{"id":1,"result":{}}', { kind: 'answer' }],
    ['{"id":1,"error":{}}', { kind: 'answer' }],
    ['[{"id":1,"method":"a"},{"method":"b"}]', { kind: 'batch', requests: [{ key: '1', idText: '1', method: 'a' }] }],
    ['[]', { kind: 'not-rpc', idText: 'null' }],
    ['[1]', { kind: 'not-rpc', idText: 'null' }],
    ['[[]]', { kind: 'not-rpc', idText: 'null' }],
    ['[1,{"id":1,"method":"a"}]', { kind: 'batch', requests: [{ key: '1', idText: '1', method: 'a' }] }],
    ['{"id":null,"method":"a"}', { kind: 'not-rpc', idText: 'null' }],
    ['{"id":{},"method":"a"}', { kind: 'not-rpc', idText: 'null' }],
    ['{"id":3,"method":7}', { kind: 'not-rpc', idText: '3' }],
    ['{"id":3}', { kind: 'not-rpc', idText: '3' }],
    ['7', { kind: 'not-rpc', idText: 'null' }],
    ['null', { kind: 'not-rpc', idText: 'null' }],
    ['{"id":1', { kind: 'not-json' }],
  ])('%s', (text, expected) => {
    expect(readHostMessage(text)).toEqual(expected)
  })

  it('keeps an id that no number can hold', () => {
    const message = readHostMessage('{"jsonrpc":"2.0","id":12345678901234567890,"method":"a"}')
    expect(message).toMatchObject({ requests: [{ idText: '12345678901234567890' }] })
  })
})

describe('oneLine', () => {
  it('changes the layout of a message and nothing else', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('\n', '\r\n', '\r'), (value, lineBreak) => {
        const pretty = JSON.stringify(value, undefined, 2).replaceAll('\n', lineBreak)
        const line = oneLine(pretty)
        expect(line).not.toMatch(/[\r\n]/)
        expect(line).toBe(pretty.replaceAll(lineBreak, ''))
        expect(JSON.parse(line)).toEqual(JSON.parse(pretty))
      }),
    )
  })
})

describe('isRpc', () => {
  it.each([
    [{ jsonrpc: '2.0' }, true],
    [[{ jsonrpc: '2.0' }], true],
    [[], false],
    [[{}], false],
    [{ error: 'Session not found' }, false],
    ['text', false],
    [undefined, false],
  ])('%j: %s', (value, expected) => {
    expect(isRpc(value)).toBe(expected)
  })
})
