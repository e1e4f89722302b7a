import { expect, it } from 'vitest'
import { abortable, deadline } from './abort.js'
import type { Clock } from './clock.js'

it('rejects with the reason as soon as the signal aborts, and leaves the promise alone', async () => {
  const controller = new AbortController()
  let finish: (value: string) => void = () => undefined
  const shared = new Promise<string>((resolve) => (finish = resolve))
  const waiting = abortable(shared, controller.signal)
  const other = abortable(shared, undefined)
  controller.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
  finish('done')
  expect(await other).toBe('done')
  await expect(abortable(shared, controller.signal)).rejects.toThrow('enough')
})

it('passes a result and a failure on', async () => {
  const { signal } = new AbortController()
  expect(await abortable(Promise.resolve(1), signal)).toBe(1)
  await expect(abortable(Promise.reject(new Error('x')), signal)).rejects.toThrow('x')
})

it('aborts at its deadline, and not after it was cancelled', () => {
  const timers = new Set<() => void>()
  const clock: Clock = {
    now: () => 0,
    schedule: (callback) => {
      timers.add(callback)
      return () => timers.delete(callback)
    },
  }
  const first = deadline(clock, 5, 'a thing')
  for (const fire of timers) fire()
  expect(first.signal.reason).toMatchObject({ name: 'TimeoutError', message: 'a thing took longer than 5 ms' })
  first.cancel()
  const second = deadline(clock, 5, 'a thing')
  second.cancel()
  expect(timers.size).toBe(0)
  expect(second.signal.aborted).toBe(false)
})
