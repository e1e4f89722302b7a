import { describe, expect, it } from 'vitest'
import { readMessage } from '../wire/json-rpc.js'
import { isSatisfiedByRecovery, maySendAgain, type Progress, type ReplayPolicy } from './replay-decision.js'
import { isSafeToRepeat } from './safe-to-repeat.js'

it.each([
  ['{"jsonrpc":"2.0","id":1,"method":"tools/call"}', false],
  ['{"jsonrpc":"2.0","method":"notifications/progress"}', true],
  ['{"jsonrpc":"2.0","method":"notifications/message"}', false],
  ['{"jsonrpc":"2.0","method":"notifications/roots/list_changed"}', false],
  ['[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","method":"notifications/x"}]', false],
  ['no JSON', false],
  ['{"jsonrpc":"2.0","method":"notifications/initialized"}', true],
  ['{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}', true],
  ['{"jsonrpc":"2.0","id":0,"result":{}}', true],
  ['{"jsonrpc":"2.0","id":0,"error":{"code":1,"message":""}}', true],
])('%s is satisfied by a recovery: %s', (body, expected) => {
  expect(isSatisfiedByRecovery(readMessage(body))).toBe(expected)
})

describe('maySendAgain', () => {
  const table: readonly [Progress, ReplayPolicy, unsafe: boolean, safe: boolean][] = [
    ['not-started', 'on-rejection', true, true],
    ['not-started', 'hinted', true, true],
    ['not-started', 'never', true, true],
    ['not-dispatched', 'on-rejection', true, true],
    ['not-dispatched', 'hinted', true, true],
    ['not-dispatched', 'never', false, false],
    ['refused', 'on-rejection', true, true],
    ['refused', 'hinted', false, true],
    ['refused', 'never', false, false],
    ['unknown', 'on-rejection', false, true],
    ['unknown', 'hinted', false, true],
    ['unknown', 'never', false, false],
  ]
  it.each(table)('%s under %s', (progress, policy, unsafe, safe) => {
    expect(maySendAgain(progress, policy, false)).toBe(unsafe)
    expect(maySendAgain(progress, policy, true)).toBe(safe)
  })
})

describe('isSafeToRepeat', () => {
  const isSafe = (body: object) => isSafeToRepeat(readMessage(JSON.stringify(body)), (name) => name === 'read')
  const call = (name?: unknown) => ({ id: 1, method: 'tools/call', params: { name } })

  it.each([
    [{ id: 1, method: 'tools/list' }, true],
    [{ id: 1, method: 'resources/read' }, true],
    [{ id: 1, method: 'somebody/else' }, false],
    [{ method: 'tools/list' }, false],
    [{ id: 1, result: {} }, false],
    [call('read'), true],
    [call('write'), false],
    [call(), false],
    [[call('read'), { id: 2, method: 'ping' }], true],
    [[call('read'), call('write')], false],
  ])('%j: %s', (body, expected) => {
    expect(isSafe(body)).toBe(expected)
  })
})
