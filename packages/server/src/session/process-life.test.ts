import { memoryStore, StoreError } from '@mcp-tether/store'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ProcessLife } from './process-life.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** Two processes that live, and for each of which the store can be away. */
async function twoProcesses() {
  const { sessions } = memoryStore()
  const start = async () => {
    const store = { isAway: false }
    const acquireLease: typeof sessions.acquireLease = (...given) =>
      store.isAway ? Promise.reject(new StoreError('store_unavailable', 'away')) : sessions.acquireLease(...given)
    const life = new ProcessLife({ ...sessions, acquireLease }, Date.now)
    await life.begin()
    return { life, store }
  }
  return { one: await start(), other: await start() }
}

it('counts a process as gone that renews nothing for 6 s', async () => {
  const { one, other } = await twoProcesses()
  await vi.advanceTimersByTimeAsync(20_000)
  expect(await one.life.isAlive(other.life.owner)).toBe(true)
  expect(await one.life.isAlive('never seen')).toBe(false)
  other.store.isAway = true
  await vi.advanceTimersByTimeAsync(6_000)
  expect(await one.life.isAlive(other.life.owner)).toBe(false)
})

it('counts a process as gone as soon as it ends', async () => {
  const { one, other } = await twoProcesses()
  await other.life.end()
  expect(await one.life.isAlive(other.life.owner)).toBe(false)
})

it.each([5_000, 10_000, 60_000])('counts nobody as gone because the store was away for %d ms', async (outage) => {
  const { one, other } = await twoProcesses()
  await vi.advanceTimersByTimeAsync(1_400)
  one.store.isAway = other.store.isAway = true
  await vi.advanceTimersByTimeAsync(outage)
  one.store.isAway = false
  // Before either has renewed anything, and when only the one has.
  expect(await one.life.isAlive(other.life.owner)).toBe(true)
  await vi.advanceTimersByTimeAsync(1_500)
  expect(await one.life.isAlive(other.life.owner)).toBe(true)
})

it('counts a process as gone that does not come back from an outage', async () => {
  const { one, other } = await twoProcesses()
  one.store.isAway = other.store.isAway = true
  await vi.advanceTimersByTimeAsync(10_000)
  one.store.isAway = false
  await vi.advanceTimersByTimeAsync(1_500)
  expect(await one.life.isAlive(other.life.owner)).toBe(true)
  await vi.advanceTimersByTimeAsync(6_000)
  expect(await one.life.isAlive(other.life.owner)).toBe(false)
})
