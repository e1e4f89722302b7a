import { expect, it } from 'vitest'
import { survivalPage } from './survival-page.js'

const scenarios = [
  { name: 'late', title: 'Late | or never', promise: 'P6' },
  { name: 'early', title: 'Early', promise: 'P1' },
] as const

const faces = [
  { name: 'one', about: 'the first' },
  { name: 'two', about: 'the second' },
  { name: 'three', about: 'the third', skipped: 'too old a Node' },
]

const reports = [
  { scenario: 'late', face: 'one', verdict: 'recovered', passed: true },
  { scenario: 'late', face: 'two', verdict: 'leaked', passed: false },
  { scenario: 'early', face: 'one', verdict: 'recovered', passed: true },
] as const

it('has totals, and a table for each promise that has scenarios', () => {
  const page = survivalPage(scenarios, reports, faces)
  expect(page).toContain('There are 2 scenarios.')
  expect(page).toContain('| **one** | the first | 2 of 2 |')
  expect(page).toContain('| **two** | the second | 0 of 1 |')
  expect(page).toContain('| **three** | the third | not played: too old a Node |')
  expect(page.match(/^## .*/gm)).toEqual(['## P1', '## P6'])
  expect(page).toContain('| `early` | Early | ✓ | – |')
  expect(page).toContain('| `late` | Late \\| or never | ✓ | leaked |')
})

it('is the same whatever the order of the reports', () => {
  expect(survivalPage(scenarios, [...reports].reverse(), faces)).toBe(survivalPage(scenarios, reports, faces))
})
