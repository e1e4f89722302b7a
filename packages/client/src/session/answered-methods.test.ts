import { expect, it } from 'vitest'
import { AnsweredMethods } from './answered-methods.js'

it('knows the methods that were answered', () => {
  const methods = new AnsweredMethods()
  methods.note('{"jsonrpc":"2.0","id":1,"method": "tools/call","params":{}}')
  methods.note('no JSON')
  expect([methods.has('tools/call'), methods.has('tools/list')]).toEqual([true, false])
})

it('holds a limited number of them', () => {
  const methods = new AnsweredMethods()
  for (let index = 0; index < 1_000; index++) methods.note(`{"method":"m${String(index)}"}`)
  expect([methods.has('m99'), methods.has('m100')]).toEqual([true, false])
})
