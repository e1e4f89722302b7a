import { expect, it } from 'vitest'
import { Slots } from './slots.js'

it('lets so many run at a time, in their order, and goes on after a failure', async () => {
  const slots = new Slots(2)
  const begun: number[] = []
  const ends: (() => void)[] = []
  const runs = [0, 1, 2, 3].map((number) =>
    slots.run(() => {
      begun.push(number)
      return new Promise<number>((resolve, reject) => {
        ends.push(() => {
          if (number === 0) reject(new Error('no'))
          else resolve(number)
        })
      })
    }),
  )
  const settled = Promise.allSettled(runs)
  expect(begun).toEqual([0, 1])
  ends[0]?.()
  await expect(runs[0]).rejects.toThrow('no')
  expect(begun).toEqual([0, 1, 2])
  ends[1]?.()
  await runs[1]
  expect(begun).toEqual([0, 1, 2, 3])
  ends[2]?.()
  ends[3]?.()
  expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled'])
  await expect(slots.run(() => Promise.resolve('free again'))).resolves.toBe('free again')
})
