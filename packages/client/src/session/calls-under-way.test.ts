import { expect, it, vi } from 'vitest'
import { readMessage } from '../wire/json-rpc.js'
import { CallsUnderWay } from './calls-under-way.js'

const message = (text: string) => () => readMessage(text)

it('takes back the request that is meant, and says whether the server knows of it', () => {
  const calls = new CallsUnderWay()
  const sent = calls.add(message('{"id":1,"method":"tools/call"}'))
  const waiting = calls.add(message('{"id":"1","method":"tools/call"}'))
  waiting.waiting = true
  waiting.onCancelled = vi.fn()
  expect(calls.cancel('1')).toBe(true)
  expect(waiting.onCancelled).toHaveBeenCalledOnce()
  expect(sent.cancelled).toBe(false)
  expect(calls.cancel(1)).toBe(false)
  expect(sent.cancelled).toBe(true)
  expect(calls.cancel(2)).toBe(false)
  calls.delete(sent)
  calls.delete(waiting)
  expect(calls.size).toBe(0)
})

it('does not take a whole batch back for one of its members', () => {
  const calls = new CallsUnderWay()
  const batch = calls.add(message('[{"id":1,"method":"ping"},{"id":2,"method":"ping"}]'))
  batch.waiting = true
  expect(calls.cancel(1)).toBe(false)
  expect(batch.cancelled).toBe(false)
})
