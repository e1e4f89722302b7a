import { expect, it } from 'vitest'
import { planFleets } from './fleet-plan.js'

it.each([1, 11, 40, 72, 500])('deals %i kills out', (kills) => {
  const plans = planFleets(kills, undefined)
  expect(plans.reduce((sum, plan) => sum + plan.kills, 0)).toBe(kills)
  expect(plans.length === 1 || plans.every((plan) => plan.kills >= 12)).toBe(true)
})

it('plays each number of servers and each SDK in 40 kills', () => {
  const plans = planFleets(40, undefined)
  expect(plans.map(({ replicas }) => replicas)).toEqual([1, 2, 4])
  expect(new Set(plans.map(({ major }) => major))).toEqual(new Set(['v1', 'v2']))
})

it('keeps to one number of servers', () => {
  expect(planFleets(500, 4)).toEqual([
    { replicas: 4, major: 'v1', kills: 250 },
    { replicas: 4, major: 'v2', kills: 250 },
  ])
})
