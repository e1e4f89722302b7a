import { expect, it } from 'vitest'
import { RpcError, toOutcome } from './outcome.js'

it('makes one shape of what SDKs throw', () => {
  expect(toOutcome(new RpcError(-32010, 'failed', { code: 'recovery_failed' }))).toEqual({
    kind: 'error',
    code: -32010,
    data: { code: 'recovery_failed' },
    message: 'failed',
  })
  expect(toOutcome(new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') }))).toEqual({
    kind: 'error',
    message: 'fetch failed <- ECONNREFUSED',
  })
  expect(toOutcome('text')).toEqual({ kind: 'error', message: 'text' })
})

it('reads a JSON-RPC error, complete or not', () => {
  expect(RpcError.from({ error: { code: -32601, message: 'Method not found' } })).toMatchObject({ code: -32601 })
  expect(RpcError.from({ error: {} })).toMatchObject({ code: 0, message: 'an error without a message' })
})
