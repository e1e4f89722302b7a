import { expect, it } from 'vitest'
import { CallsUnderWay } from './calls-under-way.js'
import { SignIn } from './sign-in.js'

const call = (calls: CallsUnderWay) => calls.add(() => ({ kind: 'unreadable' }))

it('concerns the calls beside it, and later ones only while the client is at it', () => {
  const calls = new CallsUnderWay()
  const signIn = new SignIn()
  const beside = call(calls)
  expect(signIn.concerns(beside, 1, true)).toBe(false)
  signIn.begin(1, calls, 5)
  const later = call(calls)
  expect(signIn.begunAt).toBe(5)
  expect([signIn.concerns(beside, 1, false), signIn.concerns(later, 1, false)]).toEqual([true, false])
  expect(signIn.concerns(later, 1, true)).toBe(true)
  expect(signIn.concerns(beside, 2, true)).toBe(false)
})
