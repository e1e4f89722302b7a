import { expect, it } from 'vitest'
import { SessionHealth } from './session-health.js'

it('counts the sessions that never answered anything, until one does', () => {
  const health = new SessionHealth(0)
  expect(health.diedYoung(1)).toBe(false)
  for (let deaths = 1; deaths <= 3; deaths++) {
    health.renewed(deaths)
    expect(health.unproven).toBe(deaths)
    expect(health.diedYoung(deaths + 1)).toBe(true)
    expect(health.diedYoung(deaths + 1)).toBe(false)
  }
  health.renewed(10)
  expect(health.succeeded()).toBe(true)
  expect(health.succeeded()).toBe(false)
  expect(health.unproven).toBe(0)
  expect(health.diedYoung(11)).toBe(false)
})

it('takes a session that lasted a minute for one that works', () => {
  const health = new SessionHealth(0)
  health.renewed(0)
  health.diedYoung(1)
  health.renewed(0)
  expect(health.diedYoung(60_000)).toBe(false)
  expect(health.unproven).toBe(0)
})
