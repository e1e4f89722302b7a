import { expect, it } from 'vitest'
import { readMessage } from '../wire/json-rpc.js'
import { afterRecovery } from './replay-decision.js'

it.each([
  ['{"jsonrpc":"2.0","id":1,"method":"tools/call"}', 'replay'],
  ['{"jsonrpc":"2.0","method":"notifications/progress"}', 'replay'],
  ['{"jsonrpc":"2.0","method":"notifications/roots/list_changed"}', 'replay'],
  ['[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","method":"notifications/x"}]', 'replay'],
  ['no JSON', 'replay'],
  ['{"jsonrpc":"2.0","method":"notifications/initialized"}', 'satisfied'],
  ['{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}', 'satisfied'],
  ['{"jsonrpc":"2.0","id":0,"result":{}}', 'satisfied'],
  ['{"jsonrpc":"2.0","id":0,"error":{"code":1,"message":""}}', 'satisfied'],
])('%s → %s', (body, expected) => {
  expect(afterRecovery(readMessage(body))).toBe(expected)
})
