import { expect, it } from 'vitest'
import { scenarios } from './index.js'

it('have unique names in kebab-case, and a title each', () => {
  const names = scenarios.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  for (const { name, title } of scenarios) {
    expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
    expect(title.length).toBeGreaterThan(10)
  }
})

it('hold losses and controls', () => {
  const controls = scenarios.filter(({ control }) => control === true)
  expect(controls.length).toBeGreaterThan(5)
  expect(scenarios.length - controls.length).toBeGreaterThan(50)
})
