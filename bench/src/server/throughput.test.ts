import { expect, it } from 'vitest'
import { findingsOf } from './throughput.js'

it('makes its ratios within a pair, so that a slow one counts for both', () => {
  const run = (callsPerSecond: number) => ({ callsPerSecond, cpu: 1000 / callsPerSecond })
  const rounds = [
    [run(1000), run(950)],
    [run(100), run(90)],
    [run(1000), run(930)],
  ]
  const [throughput, cpu] = findingsOf(rounds)
  expect(throughput).toMatchObject({ measured: 0.93, target: 0.9, isFloor: true, spread: [0.93, 0.95] })
  expect(cpu?.measured).toBeCloseTo(0.93)
})
