import { expect, it } from 'vitest'
import { Hung, Waits } from './waits.js'

it('says what hung, and forgets what has ended', async () => {
  const waits = new Waits()
  const never = new Promise<never>(() => undefined)
  const hanging = waits.within(20, 'an answer', never)
  expect(waits.pending()).toEqual(['an answer, for 0 s'])
  await expect(hanging).rejects.toThrow(Hung)
  await expect(waits.within(1000, 'a quick one', Promise.resolve(1))).resolves.toBe(1)
  expect(waits.pending()).toEqual([])
})

it('waits for what is waited for since long ago, and for nothing else', async () => {
  const waits = new Waits()
  let end: () => void = () => undefined
  const old = waits.within(10_000, 'old', new Promise<void>((resolve) => (end = resolve)))
  await waits.noneSince(10_000)
  let isDone = false
  const none = waits.noneSince(0).then(() => (isDone = true))
  await Promise.resolve()
  expect(isDone).toBe(false)
  end()
  await old
  await none
})
