import { expect, it } from 'vitest'
import { median, middleHalf } from './statistics.js'

it('a median does not care for what is far away', () => {
  expect(median([3, 1, 1000])).toBe(3)
  expect(median([4, 1, 3, 2])).toBe(2.5)
  expect(() => median([])).toThrow(RangeError)
})

it('the middle half leaves out both ends', () => {
  expect(middleHalf([9, 1, 5, 3, 7])).toEqual([3, 7])
})
