import { expect, it } from 'vitest'
import { nextLineAtMs } from './startup-progress.js'

it('is told sparsely: after 10 s, 30 s, and then once a minute', () => {
  expect([0, 1, 2, 3, 4].map(nextLineAtMs)).toEqual([10_000, 30_000, 60_000, 120_000, 180_000])
})
