import { expect, it } from 'vitest'
import { exitCodeOf, verdictOf, type Finding } from './finding.js'
import { tableOf } from './table.js'

const fine: Finding = { what: 'a', measured: 1, unit: 'µs', target: 1 }
const over: Finding = { what: 'longer', measured: 1.5, unit: 'times', target: 1.15, spread: [1.4, 1.6] }
const wrong: Finding = { what: 'count', measured: 2001, unit: 'POSTs', target: 2002, isExact: true }
const under: Finding = { what: 'floor', measured: 0.8, unit: 'times', target: 0.9, isFloor: true }
const untargeted: Finding = { what: 'for information', measured: 7, unit: 'KiB' }

it('a figure may be below its target, a count may not', () => {
  expect([fine, over, under, wrong, untargeted].map(verdictOf)).toEqual(['ok', 'over', 'under', 'wrong', ''])
  expect(verdictOf({ ...under, measured: 0.9 })).toBe('ok')
})

it('a wrong count fails always, a figure over its target only if that is asked for', () => {
  expect([exitCodeOf([fine, over], false), exitCodeOf([fine, over], true)]).toEqual([0, 1])
  expect([exitCodeOf([under], false), exitCodeOf([under], true)]).toEqual([0, 1])
  expect(exitCodeOf([fine, wrong], false)).toBe(1)
})

it('the table has a line for each', () => {
  expect(tableOf([over, wrong, untargeted]).split('\n')).toEqual([
    '                 target         measured',
    'longer           <= 1.15 times  1.500 times (1.400 to 1.600)  over',
    'count            = 2002 POSTs   2001 POSTs                    wrong',
    'for information                 7.00 KiB',
  ])
})
