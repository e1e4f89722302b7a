import { expect, it } from 'vitest'
import { isWorthAsking } from './suspicion.js'

it('is asked at the third error in a row, and each time their number has doubled', () => {
  const asked = Array.from({ length: 100 }, (_, index) => index + 1).filter((errors) => isWorthAsking(503, errors))
  expect(asked).toEqual([3, 6, 12, 24, 48, 96])
})

it.each([400, 401, 404, 429, 501, 504, 520])('is not asked for %d', (status) => {
  expect(isWorthAsking(status, 3)).toBe(false)
})
