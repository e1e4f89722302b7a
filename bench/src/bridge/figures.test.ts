import { expect, it } from 'vitest'
import type { Contestant } from './contestants.js'
import { figuresOf, meetsTarget, tableOf } from './figures.js'
import type { Measured } from './measure-round.js'

const ours: Contestant = { name: 'ours', words: [] }
const peer: Contestant = { name: 'peer', words: [] }

const measured = (value: number, throughput = value): Measured => ({
  start: value,
  startCpu: value,
  latency: value,
  throughput,
  callCpu: value,
  idleMemory: value,
  memory: value,
})

const rounds = (own: Measured, its: Measured) => [
  new Map([[ours, own]].concat([[peer, its]]) as [Contestant, Measured][]),
]
const figure = (what: keyof Measured, own: Measured, its: Measured) => {
  const found = figuresOf(rounds(own, its), { ours, peer, others: [] }).find((it) => it.what === what)
  if (!found) throw new Error(what)
  return found
}

it('makes its ratios within a round, so that a slow round counts for both', () => {
  const round = (own: number, its: number) => rounds(measured(own), measured(its))[0] ?? new Map()
  const figures = figuresOf([round(1, 4), round(100, 400), round(3, 6)], { ours, peer, others: [] })
  expect(figures.find(({ what }) => what === 'latency')).toMatchObject({ value: 3, ratio: 0.25, spread: [0.25, 0.5] })
})

it.each([
  ['latency', measured(40), true],
  ['latency', measured(41), false],
  ['throughput', measured(0, 300), true],
  ['throughput', measured(0, 299), false],
  ['callCpu', measured(1000), undefined],
] as const)('%s of %o meets its target: %s', (what, own, expected) => {
  expect(meetsTarget(figure(what, own, measured(100)))).toBe(expected)
})

it('tells of a missed target in its line', () => {
  const lines = tableOf(figuresOf(rounds(measured(50), measured(100)), { ours, peer, others: [] })).split('\n')
  expect(lines.find((line) => line.includes('latency'))).toMatch(
    /ours +50\.0 ms +0\.500 \(0\.500 to 0\.500\) +<= 0\.40 +missed$/,
  )
  expect(lines.find((line) => line.includes('idle'))).not.toMatch(/missed|ok/)
})
